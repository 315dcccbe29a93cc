// `ps` shows every user the command line of every process. What was given there cannot be made
// unseen, but it need not stay there for the hours of a backup.
#pragma once

namespace sfdb::tools {

// Overwrites the values of options that hold passwords and keys with "x", in place, as MariaDB's
// own clients do. Call once the arguments have been copied.
void HideSecrets(int argc, char** argv);

}  // namespace sfdb::tools
