#include "dumper/script/stored_programs.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {

std::string EnterEnvironment(const ProgramEnvironment& environment, std::string_view end) {
  return absl::StrFormat(
      "/*!50003 SET @saved_cs_client      = @@character_set_client */ %s\n"
      "/*!50003 SET @saved_cs_results     = @@character_set_results */ %s\n"
      "/*!50003 SET @saved_col_connection = @@collation_connection */ %s\n"
      "/*!50003 SET character_set_client  = %s */ %s\n"
      "/*!50003 SET character_set_results = %s */ %s\n"
      "/*!50003 SET collation_connection  = %s */ %s\n",
      end, end, end, environment.character_set_client, end, environment.character_set_client, end,
      environment.collation_connection, end);
}

std::string LeaveEnvironment(std::string_view end) {
  return absl::StrFormat(
      "/*!50003 SET character_set_client  = @saved_cs_client */ %s\n"
      "/*!50003 SET character_set_results = @saved_cs_results */ %s\n"
      "/*!50003 SET collation_connection  = @saved_col_connection */ %s\n",
      end, end, end);
}

std::string SwitchDatabaseCollation(const std::string& quoted_database,
                                    const std::string& collation, const std::string& current,
                                    std::string_view end) {
  if (collation.empty() || collation == current) return "";
  return absl::StrFormat("ALTER DATABASE %s CHARACTER SET %s COLLATE %s %s\n", quoted_database,
                         collation.substr(0, collation.find('_')), collation, end);
}

std::string CoverDefiner(std::string_view statement, std::string_view keyword,
                         std::string_view definer_version, std::string_view statement_version) {
  const std::string upper =
      absl::AsciiStrToUpper(absl::string_view(statement.data(), statement.size()));
  const size_t definer = upper.find(" DEFINER");
  if (definer == std::string::npos) return std::string(statement);
  const size_t rest = upper.find(absl::StrFormat(" %s", keyword), definer);
  if (rest == std::string::npos) return std::string(statement);
  return absl::StrFormat("%s*/ /*!%s%s*/ /*!%s%s", statement.substr(0, definer), definer_version,
                         statement.substr(definer, rest - definer), statement_version,
                         statement.substr(rest));
}

absl::StatusOr<std::string> DatabaseCollation(Session& session) {
  ASSIGN_OR_RETURN(const Result result, session.Query("select @@collation_database"));
  return result.text(0, 0);
}

}  // namespace sfdb::dumper
