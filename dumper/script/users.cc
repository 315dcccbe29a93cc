#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "dumper/script/system_objects.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

constexpr char kUsersSql[] =
    "SELECT CONCAT(QUOTE(u.user), '@', QUOTE(u.Host)) AS u FROM mysql.user u "
    " /*!80001 LEFT JOIN mysql.role_edges e "
    "            ON u.user=e.from_user "
    "              AND u.host=e.from_host "
    "         WHERE e.from_user IS NULL */"
    " /*M!100005 WHERE is_role='N' */";

// Roles in an order in which each is created after the role that administers it.
constexpr char kRoleOrderSql[] =
    "WITH RECURSIVE create_role_order AS  (SELECT 1 as n, roles_mapping.*   FROM "
    "mysql.roles_mapping   JOIN mysql.user USING (user,host)   WHERE is_role='N'     AND "
    "Admin_option='Y'   UNION SELECT c.n+1, r.*   FROM create_role_order c   JOIN "
    "mysql.roles_mapping r ON c.role=r.user   AND r.host=''   AND r.Admin_option='Y') SELECT "
    "QUOTE(ROLE) AS r,       CONCAT(QUOTE(user),\t      IF(HOST='', '', CONCAT('@', QUOTE(HOST)))) "
    "AS c,       Admin_option FROM create_role_order ORDER BY n, r, user";

constexpr char kDefaultRolesSql[] =
    "select IF(default_role='', 'NONE', QUOTE(default_role)) as r,concat(QUOTE(User), '@', "
    "QUOTE(Host)) as u FROM mysql.user  /*M!100005 WHERE is_role='N' */";

constexpr char kRolesSql[] =
    "SELECT DISTINCT QUOTE(m.role) AS r    FROM mysql.roles_mapping m   JOIN mysql.user u ON "
    "u.user = m.role   WHERE is_role='Y'     AND Admin_option='Y'   ORDER BY m.role";

std::string DropUserText(const std::string& user) {
  const std::string literal = absl::StrReplaceAll(user, {{"'", "''"}, {"\\", "\\\\"}});
  return absl::StrFormat(
      "DELIMITER |\n"
      "/*M!100101 IF current_user()='%s' THEN\n"
      "  SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO=30001, MESSAGE_TEXT=\"Don't remove current user "
      "%s'\";\n"
      "END IF */|\n"
      "DELIMITER ;\n"
      "/*!50701 DROP USER IF EXISTS %s */;\n",
      literal, user, user);
}

absl::Status WriteCreateUsers(const ScriptContext& context, Session& session, TaskOutput& out) {
  const DumpOptions& options = *context.options;
  const auto users = session.Query(kUsersSql);
  if (!users.ok()) {
    RETURN_IF_ERROR(out.Fault(QueryFault(kUsersSql, users.status())));
    return Reported();
  }
  for (size_t i = 0; i < users->rows(); ++i) {
    const std::string user = users->text(i, 0);
    if (options.replace) out.Text(DropUserText(user));
    const std::string sql = "SHOW CREATE USER " + user;
    const auto show = session.Query(sql);
    if (!show.ok()) {
      RETURN_IF_ERROR(out.Fault(QueryFault(sql, show.status())));
      continue;
    }
    constexpr std::string_view kHead = "CREATE USER ";
    for (size_t row = 0; row < show->rows(); ++row) {
      out.Text(absl::StrFormat(
          "CREATE %sUSER %s%s;\n", options.replace ? "/*M!100103 OR REPLACE */ " : "",
          options.insert_ignore ? "IF NOT EXISTS " : "",
          show->at(row, 0).substr(std::min(kHead.size(), show->at(row, 0).size()))));
    }
  }
  return absl::OkStatus();
}

absl::Status WriteCreateRoles(const ScriptContext& context, Session& session, TaskOutput& out) {
  const DumpOptions& options = *context.options;
  const auto roles = session.Query(kRoleOrderSql);
  if (!roles.ok()) return out.Fault(QueryFault(kRoleOrderSql, roles.status()));
  const char* if_absent = options.insert_ignore ? "IF NOT EXISTS " : "";
  for (size_t i = 0; i < roles->rows(); ++i) {
    const std::string role = roles->text(i, 0);
    if (options.replace) out.Text(absl::StrCat("/*!80001 DROP ROLE IF EXISTS ", role, " */;\n"));
    out.Text(absl::StrFormat("/*!80001 CREATE ROLE %s%s */;\n", if_absent, role));
    out.Text(absl::StrFormat("%s ROLE %s%s WITH ADMIN mariadb_dump_import_role */;\n",
                             options.replace ? "/*M!100103 CREATE OR REPLACE" : "/*M!100005 CREATE",
                             if_absent, role));
    out.Text(absl::StrFormat("/*M!100005 GRANT %s TO %s%s*/;\n", role, roles->at(i, 1),
                             roles->at(i, 2) == "Y" ? " WITH ADMIN OPTION " : " "));
  }
  return absl::OkStatus();
}

// The grants of one account or role; `SET DEFAULT ROLE` rows are printed elsewhere.
absl::Status WriteGrants(const std::string& account, Session& session, TaskOutput& out) {
  const std::string sql = "SHOW GRANTS FOR " + account;
  const auto grants = session.Query(sql);
  if (!grants.ok()) return out.Fault(QueryFault(sql, grants.status()));
  for (size_t i = 0; i < grants->rows(); ++i) {
    const std::string grant = grants->text(i, 0);
    if (!absl::StartsWith(grant, "SET DEFAULT ROLE")) out.Text(grant + ";\n");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteUsers(const ScriptContext& context, Session& session, TaskOutput& out) {
  const absl::Status created = WriteCreateUsers(context, session, out);
  // Where accounts cannot be listed there is nothing to grant to.
  if (IsReported(created) && context.run->force()) return absl::OkStatus();
  RETURN_IF_ERROR(created);
  out.Text(
      "SELECT COALESCE(CURRENT_ROLE(),'NONE') into @current_role;\n"
      "CREATE ROLE IF NOT EXISTS mariadb_dump_import_role;\n"
      "GRANT mariadb_dump_import_role TO CURRENT_USER();\n"
      "SET ROLE mariadb_dump_import_role;\n");
  RETURN_IF_ERROR(WriteCreateRoles(context, session, out));

  const auto defaults = session.Query(kDefaultRolesSql);
  if (!defaults.ok()) return out.Fault(QueryFault(kDefaultRolesSql, defaults.status()));
  for (size_t i = 0; i < defaults->rows(); ++i) {
    const std::string user = defaults->text(i, 1);
    const std::string role = defaults->text(i, 0);
    RETURN_IF_ERROR(WriteGrants(user, session, out));
    out.Text(absl::StrFormat(
        "/*M!100005 SET DEFAULT ROLE %s FOR %s */;\n/*!80001 ALTER USER %s DEFAULT ROLE %s */;\n",
        role, user, user, role));
  }

  const auto roles = session.Query(kRolesSql);
  if (!roles.ok()) return out.Fault(QueryFault(kRolesSql, roles.status()));
  for (size_t i = 0; i < roles->rows(); ++i) {
    RETURN_IF_ERROR(WriteGrants(roles->text(i, 0), session, out));
  }
  out.Text(
      "SET ROLE NONE;\n"
      "DROP ROLE mariadb_dump_import_role;\n"
      "/*M!100203 EXECUTE IMMEDIATE CONCAT('SET ROLE ', @current_role) */;\n");
  return absl::OkStatus();
}

}  // namespace sfdb::dumper
