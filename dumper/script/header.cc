#include "dumper/script/header.h"

#include <ctime>

#include "absl/strings/str_format.h"
#include "dumper/text/identifiers.h"

namespace sfdb::dumper {
namespace {

// The version this text is byte for byte equal to. Readers of dumps parse the line.
constexpr char kDumpVersion[] =
    "-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)\n";

std::string SqlModeValue(const DumpOptions& options) {
  std::string value = "NO_AUTO_VALUE_ON_ZERO";
  if (!options.compatible_mode_names.empty()) value += "," + options.compatible_mode_names;
  return value;
}

std::string DateSuffix() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  return absl::StrFormat(" on %04d-%02d-%02d %2d:%02d:%02d", local.tm_year + 1900, local.tm_mon + 1,
                         local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec);
}

}  // namespace

std::string HeaderText(const DumpOptions& options, std::string_view server_version) {
  std::string text(kSandboxLine);
  if (options.compact) return text;
  if (options.comments) {
    text += kDumpVersion;
    text += absl::StrFormat(
        "--\n-- Host: %s    Database: %s\n"
        "-- ------------------------------------------------------\n"
        "-- Server version\t%s\n",
        CommentSafe(options.connection.host.value_or("localhost")),
        CommentSafe(options.header_database), server_version);
  }
  // No line end: the character set block begins with one.
  if (!options.log_queries) {
    text += "\n/*M!100101 SET LOCAL SQL_LOG_OFF=0, LOCAL LOG_SLOW_QUERY=0 */;";
  }
  if (options.set_charset) {
    text += absl::StrFormat(
        "\n/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;"
        "\n/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;"
        "\n/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;"
        "\n/*!40101 SET NAMES %s */;\n",
        options.connection.character_set);
  }
  if (options.tz_utc) {
    text +=
        "/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;\n"
        "/*!40103 SET TIME_ZONE='+00:00' */;\n";
  }
  if (!options.no_create_info) {
    text += "/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;\n";
  }
  text += absl::StrFormat(
      "/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;\n"
      "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='%s' */;\n"
      "/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;\n",
      SqlModeValue(options));
  return text;
}

std::string FooterText(const DumpOptions& options) {
  if (options.compact) return "";
  std::string text;
  if (options.tz_utc) text += "/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;\n";
  text +=
      "\n/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;\n"
      "/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;\n";
  if (!options.no_create_info) text += "/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;\n";
  if (options.set_charset) {
    text +=
        "/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;\n"
        "/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;\n"
        "/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;\n";
  }
  text += "/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;\n\n";
  if (options.comments) {
    text += "-- Dump completed" + (options.dump_date ? DateSuffix() : "") + "\n";
  }
  return text;
}

}  // namespace sfdb::dumper
