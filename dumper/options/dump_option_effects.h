// What options do besides storing their value: one function per row of the table that needs one.
// Internal to dumper/options.
#pragma once

#include "dumper/options/dump_option_table.h"

namespace sfdb::dumper::effects {

// Options of mariadb-dump that write something else than SQL.
OptionVerdict Refuse(DumpCommandLine& line, const OptionUse& use, const DumpOption& self);

OptionVerdict Stop(DumpCommandLine& line, const OptionUse& use, const DumpOption& self);
OptionVerdict Opt(DumpCommandLine& line, const OptionUse& use, const DumpOption& self);
OptionVerdict SkipOpt(DumpCommandLine& line, const OptionUse& use, const DumpOption& self);
OptionVerdict Compact(DumpCommandLine& line, const OptionUse& use, const DumpOption& self);
OptionVerdict Tables(DumpCommandLine& line, const OptionUse& use, const DumpOption& self);
OptionVerdict NoSetNames(DumpCommandLine& line, const OptionUse& use, const DumpOption& self);
OptionVerdict Compatible(DumpCommandLine& line, const OptionUse& use, const DumpOption& self);
OptionVerdict CharacterSet(DumpCommandLine& line, const OptionUse& use, const DumpOption& self);
OptionVerdict MasterData(DumpCommandLine& line, const OptionUse& use, const DumpOption& self);
OptionVerdict DumpSlave(DumpCommandLine& line, const OptionUse& use, const DumpOption& self);
OptionVerdict IgnoreDatabase(DumpCommandLine& line, const OptionUse& use, const DumpOption& self);
OptionVerdict IgnoreTable(DumpCommandLine& line, const OptionUse& use, const DumpOption& self);
OptionVerdict Password(DumpCommandLine& line, const OptionUse& use, const DumpOption& self);
// --port and --socket on the command line say how to connect, whatever was said before; in an
// option file they only say where.
OptionVerdict PortGiven(DumpCommandLine& line, const OptionUse& use, const DumpOption& self);
OptionVerdict SocketGiven(DumpCommandLine& line, const OptionUse& use, const DumpOption& self);
OptionVerdict Protocol(DumpCommandLine& line, const OptionUse& use, const DumpOption& self);
OptionVerdict SslGiven(DumpCommandLine& line, const OptionUse& use, const DumpOption& self);
OptionVerdict ImpliesSsl(DumpCommandLine& line, const OptionUse& use, const DumpOption& self);
OptionVerdict ResultFile(DumpCommandLine& line, const OptionUse& use, const DumpOption& self);
OptionVerdict System(DumpCommandLine& line, const OptionUse& use, const DumpOption& self);
OptionVerdict ConsistencyChoice(DumpCommandLine& line, const OptionUse& use,
                                const DumpOption& self);
OptionVerdict ProgressChoice(DumpCommandLine& line, const OptionUse& use, const DumpOption& self);

}  // namespace sfdb::dumper::effects
