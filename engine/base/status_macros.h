// RETURN_IF_ERROR and ASSIGN_OR_RETURN, with upstream abseil's names and meaning. Debian 12's
// abseil (20220623) does not ship them; when it does, this file goes away.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define SFDB_CONCAT_INNER(a, b) a##b
#define SFDB_CONCAT(a, b) SFDB_CONCAT_INNER(a, b)

// Evaluates `expr` (absl::Status) once and returns it from the enclosing function unless it is OK.
// The temporary's name is counted, not numbered by line: `expr` may hold a lambda that uses these
// macros, and all of them stand on one line for the preprocessor.
#define RETURN_IF_ERROR(expr) RETURN_IF_ERROR_IMPL(SFDB_CONCAT(sfdb_status_, __COUNTER__), expr)
#define RETURN_IF_ERROR_IMPL(tmp, expr)                   \
  do {                                                    \
    if (absl::Status tmp = (expr); !tmp.ok()) return tmp; \
  } while (false)

// Evaluates `expr` (absl::StatusOr<T>) once; on success moves its value into `lhs`, which may be a
// declaration; else returns the status. `lhs` must not contain a top-level comma.
#define ASSIGN_OR_RETURN(lhs, expr) \
  ASSIGN_OR_RETURN_IMPL(SFDB_CONCAT(sfdb_or_, __COUNTER__), lhs, expr)
#define ASSIGN_OR_RETURN_IMPL(tmp, lhs, expr)    \
  auto tmp = (expr);                             \
  if (!tmp.ok()) return std::move(tmp).status(); \
  lhs = std::move(tmp).value()
