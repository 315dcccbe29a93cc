#include "dumper/privileges/accounts.h"

#include <set>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

constexpr std::string_view kCreateUser = "CREATE USER ";
// Everybody has the role PUBLIC; it cannot be created.
constexpr std::string_view kPublic = "PUBLIC";

bool IsLocalHost(std::string_view host, std::string_view hostname) {
  return host == "localhost" || host == "127.0.0.1" || host == "::1" ||
         absl::EqualsIgnoreCase(absl::string_view(host.data(), host.size()),
                                absl::string_view(hostname.data(), hostname.size()));
}

class Exporter {
 public:
  explicit Exporter(Session& session) : session_(session) {}

  absl::StatusOr<AccountsText> Export(absl::Time now, absl::TimeZone zone) {
    out_.text = absl::StrCat("-- User Grants Export\n-- Generated at: ",
                             absl::FormatTime("%Y-%m-%d %H:%M:%S", now, zone),
                             "\n\n/*!40101 SET NAMES utf8mb4 */;\n");
    ASSIGN_OR_RETURN(const Result hostname, session_.Query("SELECT @@hostname"));
    ASSIGN_OR_RETURN(const Result roles,
                     session_.Query("SELECT User, QUOTE(User) FROM mysql.user WHERE is_role='Y' "
                                    "ORDER BY User"));
    ASSIGN_OR_RETURN(
        const Result users,
        session_.Query("SELECT User, Host, CONCAT(QUOTE(User), '@', QUOTE(Host)) FROM mysql.user "
                       "WHERE is_role='N' ORDER BY User, Host"));
    // All roles before the first grant, which may be of one role to another.
    if (roles.rows() > 0) out_.text += "\n";
    for (size_t i = 0; i < roles.rows(); ++i) {
      if (roles.at(i, 0) == kPublic) continue;
      absl::StrAppend(&out_.text, "CREATE ROLE IF NOT EXISTS ", roles.text(i, 1), ";\n");
      ++out_.roles;
    }
    for (size_t i = 0; i < roles.rows(); ++i) {
      RETURN_IF_ERROR(
          AddGrants(roles.at(i, 0) == kPublic ? std::string(kPublic) : roles.text(i, 1)));
    }
    for (size_t i = 0; i < users.rows(); ++i) {
      if (IsSystemAccount(users.at(i, 0), users.at(i, 1), hostname.at(0, 0))) continue;
      out_.text += "\n";
      RETURN_IF_ERROR(AddUser(users.text(i, 2)));
      ++out_.users;
    }
    out_.text += "\nFLUSH PRIVILEGES;\n";
    return std::move(out_);
  }

 private:
  absl::Status AddUser(const std::string& account) {
    ASSIGN_OR_RETURN(const Result shown, session_.Query("SHOW CREATE USER " + account));
    for (size_t i = 0; i < shown.rows(); ++i) {
      std::string_view text = shown.at(i, 0);
      if (text.substr(0, kCreateUser.size()) == kCreateUser) {
        text.remove_prefix(kCreateUser.size());
        absl::StrAppend(&out_.text, "CREATE USER IF NOT EXISTS ");
      }
      out_.text.append(text).append(";\n");
    }
    return AddGrants(account);
  }

  // SHOW GRANTS of a role repeats those of the roles it has.
  absl::Status AddGrants(const std::string& account) {
    ASSIGN_OR_RETURN(const Result grants, session_.Query("SHOW GRANTS FOR " + account));
    for (size_t i = 0; i < grants.rows(); ++i) {
      const std::string grant = grants.text(i, 0);
      if (account == kPublic && absl::StartsWith(grant, "GRANT USAGE ")) continue;
      if (seen_.insert(grant).second) out_.text.append(grant).append(";\n");
    }
    return absl::OkStatus();
  }

  Session& session_;
  AccountsText out_;
  std::set<std::string> seen_;
};

}  // namespace

bool IsSystemAccount(std::string_view user, std::string_view host, std::string_view hostname) {
  if (user == "mariadb.sys" || user == "mysql.sys" || user == "mysql.session" ||
      user == "mysql.infoschema") {
    return true;
  }
  return (user.empty() || user == "root" || user == "mysql") && IsLocalHost(host, hostname);
}

absl::StatusOr<AccountsText> ExportAccounts(Session& session, absl::Time now, absl::TimeZone zone) {
  return Exporter(session).Export(now, zone);
}

}  // namespace sfdb::dumper
