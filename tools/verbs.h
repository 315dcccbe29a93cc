// The verbs. Each gets what follows its name on the command line and returns the exit code.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sfdb::tools {

// `invoked_name`: argv[0], or the program's name and the verb.
int DumpVerb(std::string_view invoked_name, const std::vector<std::string>& args);
int BackupVerb(const std::vector<std::string>& args);
int CatVerb(const std::vector<std::string>& args);
int RestoreVerb(const std::vector<std::string>& args);
int VerifyVerb(const std::vector<std::string>& args);
int InfoVerb(const std::vector<std::string>& args);
int CompletionVerb(const std::vector<std::string>& args);
int ConfigVerb(const std::vector<std::string>& args);
int ListVerb(const std::vector<std::string>& args);
int CleanupVerb(const std::vector<std::string>& args);
int DbScanVerb(const std::vector<std::string>& args);
int ProfileVerb(const std::vector<std::string>& args);
int CryptoVerb(const std::vector<std::string>& args);

}  // namespace sfdb::tools
