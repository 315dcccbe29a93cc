"""Runs the installed mariadb-dump and options_driver over the same command lines and option files.

Compared: standard error, exit code, files created, --print-defaults, and the table of values that
--help prints, which shows the final state of nearly every option. No server is needed: a command
line that would dump ends at a socket that does not exist.

Usage: options_differential.py DRIVER [RANDOM_CASES [SEED]]
"""

import os
import random
import re
import shutil
import stat
import subprocess
import sys
import tempfile

REAL = "mariadb-dump"
CONNECT = re.compile(rb"(^-- Connecting to .*\n)?^mariadb-dump: Got error: \d+: [^\0]* when trying to "
                     rb"connect\n", re.M)
OURS = {b"threads", b"memory-limit", b"consistency", b"lock-wait-timeout", b"block-ddl",
        b"lock-non-transactional", b"progress", b"stats"}

# Every line is one command line; run as it stands, with --help behind it and with --help before it.
FIXED = r"""
x
x y
-B x y
-A
-A x
-A -B
-B
-B x --tables
-B x --tables y
--tables
--tables x -B
-A --tables
--system=all
--system=all x
--system=all -B
--system=all -B x
--system=users -A x
--system=
--system= x
--system=USERS,plugins x
--system=users,foo x
--system=all,users x
--system=users --system=foo x
--system=1 x
--system=63 x
--system=127 x
--system=128 x
--system=0 x
--system=1,2 x
--system=-1 x
--system=2x x
--system=u x
--loose-system=u x
--loose-port=5x x
--zzz --loose-port=5x x
--loose-max-statement-time=x x
--loose-add=x
--loose-host
--system=ALL, x
--system=,users x
--skip-system x
--skip-system=0 x
--enable-system x
--opt x
--skip-opt x
--skip-opt --opt x
--compact x
--compact --opt x
--opt --compact x
--compact --comments x
--compact --skip-compact x
--compact=0 x
--compact=2 x
--disable-opt
--opt=0
--skip-skip-opt
--skip-opt=0
--enable-opt
--enable-skip-opt
--op x
--skip-op x
--skip-o x
--skip x
--skip- x
--skip-=1 x
--skip-a
--skip-a=1
--skip_a
--skip-add-l x
--skip-add-drop
--skip-add-drop=1
--enable-add-drop
--loose-skip-a
--loose-skip-add-l x
--loose x
--loose- x
--loose-=1 x
--loose-zzz x
--loose_zzz=4 x
--loose-skip-zzz x
--skip-loose-zzz x
--maximum-=3
--maximum-m
--maximum-zzz
--maximum-zzz=1
--maximum-opt x
--maximum-tables x
--maximum-max-a=1M x
--maximum-events=0 x
--maximum-skip-add-locks=0 x
--zzz
--zzz=4
--zzz --yyy
--skip-zzz
--skip-zzz=1
--enable-zzz
--disable-zzz
-z
-zz
-vz
-z --host
--zzz --add-drop x
--add-drop --zzz x
--master-data=x --zzz
--zz=1 --port=5x --opt=1 x
--a
--b
--c
--d
--de
--e
--f
--g
--h
--i
--l
--lo
--lo=1
--m
--max
--n
--no-c
--o
--p
--q
--r
--s
--ss
--ssl-c
--t
--u
--v
--w
--comp
--all
--add-drop
--all-d
--event x
--dis x
--disable x
--disable-key x
--tri=0 x
--hel
--vers
--Events x
--EVENTS=1 x
--eVenTs=oFf x
--=x
--=
---
---help
--_
-
''
-- -x
-- --zzz
--zzz -- --yyy
-A -- foo
x -- y
--add_locks=0 x
--add-locks=off x
--add-locks=FALSE x
--add-locks=no x
--add-locks=2 x
--add-locks= x
--add-locks=01 x
--add-locks=-1 x
--triggers=1x x
--triggers=0x x
--triggers=f x
--triggers=TRUE1 x
--triggers=+1 x
'--triggers= 1' x
--events=10 x
--events=on x
--events=yes x
--skip-events=1 x
--skip-add-locks=0 x
--skip-add-locks=1 x
--skip-add-locks=off x
--skip-add-locks=00 x
--skip-add-locks=foo x
--enable-events x
--enable-events=0 x
--enable-events=foo x
--skip-skip-add-locks x
--enable-skip-triggers x
--skip-enable-triggers x
--disable-skip-triggers x
--skip-maximum-events x
--loose-enable-events x
--loose-loose-events x
--skip-disable-keys x
--disable-disable-keys x
--disable-keys=0 x
--keys
--ssl x
--ssl=0 x
--ssl=yes x
--ssl=1x x
--ssl= x
--skip-ssl=0 x
--skip-ssl=off x
--enable-ssl=0 x
--skip-ssl --ssl-ca=x x
--ssl-ca=x --skip-ssl x
--skip-ssl --tls-version=x x
--skip-ssl --ssl-verify-server-cert x
--ssl-verify-server-cert=maybe x
--skip-ssl --skip-ssl-key x
--skip-ssl --ssl-crl= x
--skip-ssl --ssl-crlpath=a --ssl-capath=b --ssl-cert=c --ssl-cipher=d x
--max-allowed-packet=1 x
--max-allowed-packet=5000 x
--max-allowed-packet=3G x
--max-allowed-packet=1k x
--max-allowed-packet=1T x
--max-allowed-packet=1P x
--max-allowed-packet=1e x
--max-allowed-packet=99E x
--max-allowed-packet=1x x
--max-allowed-packet=abc x
--max-allowed-packet= x
--max-allowed-packet=-5 x
--max-allowed-packet=- x
--max-allowed-packet=+ x
--max-allowed-packet=+5M x
'--max-allowed-packet= 5M' x
'--max-allowed-packet= -5' x
'--max-allowed-packet=5 ' x
--max-allowed-packet=1Mb x
--max-allowed-packet=5.5M x
--max-allowed-packet=0x100000 x
--max-allowed-packet=18446744073709551615 x
--max-allowed-packet=18446744073709551616 x
--max_allowed_packet=8191 x
--net-buffer-length=10000 x
--net-buffer-length=5 x
--net-buffer-length=1G x
--net-buffer-length=1046527 x
--net-buffer-length=16777217 x
--net-buffer-length=4096.5 x
--skip-net-buffer-length x
--enable-max-allowed-packet x
--port=70000 x
--port=-1 x
--port=abc x
--port=3306k x
--port=4294967296 x
--port=00010 x
--port=1kk x
-P3306 x
-P 3306 x
-P=3306 x
-P
-P-1
-P '' x
--port
--port= x
--skip-port=0 x
--enable-port x
--max-statement-time=1.5 x
--max-statement-time=abc x
--max-statement-time=-1 x
--max-statement-time=-1.5 x
--max-statement-time=1e3 x
--max-statement-time=1K x
--max-statement-time=1e20 x
--max-statement-time=1e400 x
--max-statement-time= x
--max-statement-time=1.23456789012 x
--max-statement-time=nan x
--max-statement-time=1e x
--max-statement-time=. x
--max-statement-time=1. x
--max-statement-time=.5 x
--max-statement-time=+5 x
--max-statement-time=1e+ x
'--max-statement-time= 5' x
'--max-statement-time=5 ' x
--skip-max-statement-time x
--enable-max-statement-time x
--master-data x
--master-data=3 x
--master-data=-1 x
--master-data=2 x
--master-data 2
--master-data=abc x
--master-data= x
--master-data=2 --master-data x
--master-data=2 --skip-master-data x
--enable-master-data x
--dump-slave x
--dump-slave=3 x
--dump-slave=2 --master-data=1 x
--enable-dump-slave=0 x
--delete-master-logs x
--single-transaction x
--single-transaction --lock-tables x
-x x
--single-transaction -x x
--single-transaction -x
-A x -x --single-transaction
--single-transaction --master-data -x x
--single-transaction --dump-slave -x x
-x --dump-slave --single-transaction x
-x --master-data x
--delete-master-logs --single-transaction -x x
--lock-all-tables --skip-lock-all-tables --single-transaction x
--host=x y
--host
--host= y
-h
-hfoo y
-h foo y
-h '' --zz
-uroot -hx -P1 y
-vAf
-vB x
-B=1
-v=1
-e5 x
-Afu me
-Afu
-vP
-vzP
--skip-host y
--skip-host=0 y
--skip-host=foo y
--enable-host y
--enable-host=x y
--skip-user --skip-socket --skip-where --skip-as-of y
--enable-as-of --enable-where y
--as-of=now x
--as-of= x
"--as-of=a'b" x
"--as-of=a'b" --zzz
"--as-of=a'b" --dump-history y
"--as-of=a'b" --default-character-set=foo y
-w 'a=1' x
--where 'a = "b c"' x
--where
--protocol=tcp -P1 x
--protocol=foo
--protocol=t x
--protocol=SOCKET x
--protocol=
--protocol=1
--protocol=memory
--protocol=pipe x
--skip-protocol
--enable-protocol
--zzz --protocol=foo --yyy
--password=a x
--password= x
-pfoo x
-p=5 --zzz
-pfoo -vz
--skip-password x
--compatible=ansi x
--compatible=ANSI,no_t x
--compatible=ansi,mysql
--compatible=m
--compatible=mysql3 x
--compatible= x
--compatible=,ansi,,oracle, x
'--compatible=ansi, oracle' x
'--compatible=ansi;oracle' x
--compatible=no_
--compatible=o x
--compatible=1
--compatible=foo --ignore-table=x
--compatible=ansi --compatible=oracle x
--compatible=ansi --set-charset x
--compatible=ansi --skip-quote-names x
--skip-quote-names --compatible=ansi x
--default-character-set=utf8 --compatible=ansi x
--compatible=ansi --default-character-set=utf8 x
--default-character-set=utf8mb4 --compatible=ansi x
--compatible=ansi --skip-default-character-set x
--skip-default-character-set --compatible=ansi x
--skip-compatible
--enable-compatible
--default-character-set=foo x
--default-character-set=foo
--default-character-set=foo -A x
--default-character-set= x
--default-character-set=auto x
--default-character-set=UTF8MB4 x
--default-character-set=latin9 x
--default-character-set=foo --character-sets-dir=/nonex x
--default-character-set=gbk --character-sets-dir=/nonex x
--skip-default-character-set x
--enable-default-character-set x
-N x
-N --set-charset x
--set-charset -N x
--skip-no-set-names
--no-set-names=0
--ignore-table=foo
--ignore-table=foo --zzz
--ignore-table=a.b x
--ignore-table=.b x
--ignore-table=. x
--ignore-table=
--ignore-table-data=foo
--ignore-table-data=a.b x
--skip-ignore-table
--enable-ignore-table
--ignore-tab=a.b
--ignore-database=x x
--ignore-database=x -A
--ignore-database=x
--ignore-database=x -B a
--ignore-database=x --system=users
--ignore-database= -A
--ignore-database=x --single-transaction -x y
--skip-ignore-database -A
--dump-history --replace x
--dump-history --as-of=1 x
--dump-history --replace --single-transaction -x x
--dump-history --replace --as-of=1 --ignore-database=x x
--dump-history --as-of=1 --ignore-database=x x
--order-by-size x y
--order-by-size x
--order-by-size -B x y
--order-by-size -A x y
--order-by-size --default-character-set=foo x y
--order-by-size --ignore-database=x x y
--order-by-size --log-error=nodir/x x y
-r out x
-r out --zzz
--zzz -r out
-r out -r out2 x
-r nodir/out --zzz
--zzz -r nodir/out --help
--result-file=out --log-error=log x
--result-file=
--skip-result-file x
--log-error=log
--log-error=log x
--log-error=log -A x
--log-error=log -x --single-transaction x
--log-error=log --default-character-set=foo x
--log-error=log --zzz
--log-error=nodir/log --zzz
--skip-log-error x
--debug
--debug=d x
--debug --zzz
--loose-debug x
--skip-debug=3
--debu
--deb=1
-#
-#d,x
-v#v
--debug-check x
--allow-keywords --all-tablespaces --no-tablespaces x
-Y -y x
--first-slave
-O max_allowed_packet=1
--version
--version --zzz
--zzz -V
--zzz --version
--version=1
--help=1
--skip-help
--tables=1
--copy-s3-tables=yes x
--copy_s3_tables x
--plugin-dir=x --default-auth=y x
--plugin_dir=x --default_auth=y x
--plugin-d=x --default-a=y x
--no-defaults
--print-defaults
--defaults-file=x
--thread=2
--skip-thread
--thr=2
--memory=2
--stat
--block
"""

NAMES = """all-databases add-drop-database add-drop-table add-drop-trigger add-locks comments compact
complete-insert compress create-options databases delayed-insert delete-master-logs disable-keys
dump-date dump-history events extended-insert flush-logs flush-privileges force gtid hex-blob
include-master-host-port insert-ignore lock-all-tables lock-tables log-queries no-autocommit
no-create-db no-create-info no-data no-data-med order-by-primary order-by-size quick quote-names
replace routines set-charset single-transaction triggers tz-utc verbose galera-info ssl
apply-slave-statements opt skip-opt tables no-set-names as-of character-sets-dir compatible
default-character-set dump-slave master-data host user socket port max_allowed_packet
net_buffer_length max-statement-time where system ignore-table ignore-database protocol password
ssl-ca ssl-verify-server-cert tls-version plugin_dir default_auth zzz""".split()
VALUES = ["", "0", "1", "2", "on", "off", "true", "x", "5M", "-1", "1.5", "a.b", "users", "ansi",
          "utf8", "tcp", "latin1", "99999", "07", " 3", "3G", "K"]
PREFIXES = ["", "", "", "", "", "skip-", "disable-", "enable-", "loose-", "maximum-", "skip_",
            "loose-skip-", "skip-enable-"]
LETTERS = "AYyicCaBKHEeFfxlntdNpPqQRuvwhSz"

FILES = [
    "events\n[mysqldump]\n", "[mysqldump\nevents\n", "[mysqldump]events\n", "[mysqldump]\n=x\n",
    "[mysqldump]\nzzz\n", "[mysqldump]\n-zzz\n", "[mysqldump]\nhost\nuser=x",
    "[mysqldump]\nhost=\\\n", "[mysqldump]\nhost=\"\n", "[mysqldump]\nhost=\"a\"b\n",
    "[mysqldump]\nhost='a#b\n", "[mysqldump]\nhost=a'b#c'\n", "[mysqldump]\nhost=a\\#b\n",
    "[mysqldump]\nhost=a;b\n", "[mysqldump]\nhost#=a\n", "[mysqldump]\nhost = = a\n",
    "[mysqldump]\nevents# foo\n", "[mysqldump]\nho st=x\n", "[mysqldump]\nhost = x\r\nuser=y\r\n",
    "[mysqldump]\nhost=\\ba\\rb\\zc\\0d\\\\e\\qf\\n\\t\\s\\\"\\'\n",
    "[mysqldump]\npassword=\"x\"\n", "[mysqldump]\n!foo\nevents\n",
    "!include /nonex\n[mysqldump]\nevents\n", "!includedir /nonex\n[mysqldump]\nevents\n",
    "!includedir\n[mysqldump]\nevents\n", "!include \n", "[mysqldump]\n!include",
    "[mysqldump]\n!includedir", "[mysqldump]\n\tevents\n \t[client]\nport=3\n",
    "[]\nx\n[mysqldump]\nevents", "[mysqldump]\nhost=\"a \\\" b\" c\n",
    "[mysqldump]\nhost=   \"  a  \"  \n", "[mysqldump]\nhost=\" # a\n", "[mysqldump]\nho\\tst=a\n",
    "[mysqldump ]\nevents\n[ mysqldump]\nforce\n[MySqlDump] # c\nroutines\n",
    "[mysqldumpx]\nevents\n[clientx]\nport=2\n[client-server]\nport=1\n[client_server]\nport=5\n",
    "[client-mariadb]\nport=1\n[mariadb-dump]\nport=2\n[mariadb-client]\nport=5\n[sfdbtools]\nz\n",
    "[mysqldump]\n!include inc/a.cnf\nhost=after\n", "[mysqldump]\n!includedir inc\nhost=after\n",
    "!includedir inc/\n!include inc/a.cnf # c\n!includefoo inc\n!include=inc/a.cnf\n",
    "[mysqldump]\n! include inc/a.cnf\n!\tinclude\tinc/a.cnf\n!include inc\n",
    "[mysqldump]\n!include me.cnf\nhost=x\n", "[mysqldump]\n!include inc/bad.txt\nhost=x\n",
    "[mysqldump]\n!include inc/open.txt\nhost=x\n", "!includedir inc2\n",
    "[mysqldump]\n!include inc/nodir.txt\nhost=x\n",
    "[mysqldump]\nho\0st=x\nevents\0foo\nuser=a\0b\n[cli\0ent]\nx\n", "",
    "[mysqldump]\nhost=" + "a" * 4088 + "\nevents\n", "[mysqldump]\nhost=" + "a" * 4089 + "\nevents\n",
    "[mysqldump]\nhost=" + "a" * 4090 + "\nevents\n", "[mysqldump]\nhost=" + "a" * 9000 + "\nevents\n",
    "[mysqldump]\nloose-zzz=1\nadd-d\nevent\nmax_allowed_packet = 16M\nskip-triggers = 1 # c\n",
    "[mysqldump]\nhelp\n", "[mysqldump]\nno-defaults\n", "[mysqldump]\ndatabases\nxx\n", "[mysqldump]\n-\n",
    "[mysqldump]\nopt=1\nport=5 6\nevents = \n-x\n", "[mysqldump]\n#c\n;c\n  # c\nhost=a b # c\n",
]
PIECES = ["[mysqldump]\n", "[client]\n", "[other]\n", "[x", "]", "host", "=", " ", "\t", "\"", "'", "\\",
          "#", ";", "\n", "\r\n", "a", "n", "!", "include", "includedir", " inc/a.cnf", " inc", "\x0b",
          "events", "é", "\0", "[mysqldumpx]\n", "--"]


def split(line):
    """Words of a line of FIXED: blanks separate, quotes group, nothing else is special."""
    return [a or b or c for a, b, c in re.findall(r"'([^']*)'|\"([^\"]*)\"|(\S+)", line)]


class Bench:
    def __init__(self, driver):
        self.driver = os.path.abspath(driver)
        self.root = tempfile.mkdtemp(prefix="sfdb-options-")
        self.work = os.path.join(self.root, "w")
        self.failures = 0
        self.cases = 0

    def fresh(self, text=None):
        shutil.rmtree(self.work, ignore_errors=True)
        os.makedirs(os.path.join(self.work, "home"))
        if text is None:
            return
        for folder in ("inc", "inc2"):
            os.mkdir(os.path.join(self.work, folder))
        for name, content in {
                "me.cnf": text, "inc/a.cnf": "[mysqldump]\nport=2\n[client]\nhost=a\n",
                "inc/b.cnf": "[mysqldump]\nport=1\n", "inc/.cnf": "[mysqldump]\nport=3\n",
                "inc/c.ini": "[mysqldump]\nport=4\n", "inc/d.cnf~": "[mysqldump]\nport=5\n",
                "inc/B.cnf": "[mysqldump]\nport=9\n", "inc/bad.txt": "port=7\n",
                "inc/nodir.txt": "[mysqldump]\nport=6\n!includedir /nonex\nport=7\n",
                "inc/open.txt": "[mysqldump]\nport=8\n", "inc2/a.cnf": "[mysqldump]\nport=1\n",
                "inc2/b.cnf": "port=2\n", "inc2/c.cnf": "[mysqldump]\nport=3\n",
                "home/.my.cnf": "[client]\nuser=home\n[clientx]\nuser=suffix\n",
                "home/my.cnf": "[client]\nuser=sys\n"}.items():
            with open(os.path.join(self.work, name), "w", encoding="utf-8", newline="") as out:
                out.write(content)
        os.mkdir(os.path.join(self.work, "inc/e.cnf"))
        os.symlink("/nonexistent", os.path.join(self.work, "inc/g.cnf"))
        os.chmod(os.path.join(self.work, "inc/open.txt"), 0o666)

    def run(self, program, args, env, text):
        self.fresh(text)
        before = set(os.listdir(self.work))
        base = {"PATH": os.environ["PATH"], "HOME": os.path.join(self.work, "home"),
                "MYSQL_UNIX_PORT": "/nonexistent/socket", "MYSQL_TCP_PORT": "1"}
        done = subprocess.run([program] + args, cwd=self.work, env={**base, **env}, check=False,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        created = []
        for name in sorted(set(os.listdir(self.work)) - before):
            created.append((name, stat.filemode(os.stat(os.path.join(self.work, name)).st_mode)))
        return done.returncode, done.stdout, done.stderr, created

    def compare(self, args, env=None, text=None):
        """One case. The outputs are first brought to what is meant to be equal."""
        self.cases += 1
        real = self.run(REAL, args, env or {}, text)
        ours = self.run(self.driver, args, env or {}, text)
        wants_to_dump = CONNECT.search(real[2]) or (real[0] == 2 and real[2] == b"" and
                                                    any("log-error" in a for a in args))
        if wants_to_dump:
            real = (0, b"would connect\n", CONNECT.sub(b"", real[2]), real[3])
        real = (real[0], self.stdout(real[1]), real[2], real[3])
        ours = (ours[0], self.stdout(ours[1]), ours[2], ours[3])
        if real == ours:
            return
        self.failures += 1
        print("DIFFERENT: %r env=%r file=%r" % (args, env, text))
        for what, a, b in zip(("exit code", "stdout", "stderr", "files"), real, ours):
            if a == b:
                continue
            if isinstance(a, list) and isinstance(b, list):
                a, b = [r for r in a if r not in b], [r for r in b if r not in a]
            print("  %s\n    real %r\n    ours %r" % (what, a, b))

    @staticmethod
    def stdout(out):
        if b"\n---------" in out:  # help: only the table of values says something about state
            rows = out[out.index(b"\n---------"):].split(b"\n")
            return [row for row in rows if row.split(b" ")[0] not in OURS]
        if b" Ver " in out[:40]:
            return b"version"
        return out


def random_command_line(rng):
    args = []
    for _ in range(rng.randint(1, 5)):
        kind = rng.random()
        if kind < 0.15:
            args.append("-" + "".join(rng.choice(LETTERS) for _ in range(rng.randint(1, 4))))
        elif kind < 0.25:
            args.append(rng.choice(["x", "y", "1", ""]))
        else:
            name = rng.choice(NAMES)
            if rng.random() < 0.2:
                name = name[:rng.randint(1, len(name))]
            if rng.random() < 0.1:
                name = name.replace("-", "_").upper()
            arg = "--" + rng.choice(PREFIXES) + name
            # A bare password would be asked for; enable-password crashes the real tool.
            if rng.random() < 0.4 or "pass" in arg.lower():
                arg += "=" + rng.choice(VALUES)
            args.append(arg)
    return args


def asks_or_crashes(args):
    return any(re.match(r"-[^-]*p$", a) or re.match(r"--p(as?s?)?$", a) or
               (re.search(r"(able|skip)[-_]p", a.lower())) for a in args)


def main():
    bench = Bench(sys.argv[1])
    if shutil.which(REAL) is None:
        sys.exit("mariadb-dump is not on PATH: install mariadb-client")
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 150
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)

    for line in FIXED.strip().split("\n"):
        args = split(line)
        bench.compare(["--no-defaults"] + args)
        if "--help" not in args and "-r" not in args and "--result-file" not in line:
            bench.compare(["--no-defaults"] + args + ["--help"])
    for args, env in [
            (["--help"], {}), (["x"], {}), (["--no-defaults", "--print-defaults", "--x"], {}),
            (["--print-defaults", "-psecret", "x"], {}), (["--events", "--no-defaults"], {}),
            (["--defaults-group-suffix=x", "--print-defaults"], {}),
            (["--defaults-group-suffix=", "--print-defaults"], {}),
            (["--defaults-group-suffix=x", "--no-defaults"], {}),
            (["--print-defaults"], {"MYSQL_GROUP_SUFFIX": "x"}),
            (["--print-defaults"], {"MARIADB_GROUP_SUFFIX": "x", "MYSQL_GROUP_SUFFIX": "y"}),
            (["--print-defaults"], {"MARIADB_GROUP_SUFFIX": "y", "MYSQL_GROUP_SUFFIX": "x"}),
            (["--defaults-group-suffix=y", "--print-defaults"], {"MARIADB_GROUP_SUFFIX": "x"}),
            (["--print-defaults"], {"MYSQL_HOME": "home"}), (["--print-defaults"], {"MYSQL_HOME": "home/"}),
            (["--print-defaults"], {"MYSQL_HOME": ""}), (["--print-defaults"], {"MYSQL_HOME": "/etc/mysql"}),
            (["--print-defaults"], {"MYSQL_HOME": "/etc/mysql/"}), (["--print-defaults"], {"HOME": ""}),
            (["--print-defaults"], {"MARIADB_HOME": "home", "MYSQL_HOME": "/nonexistent"}),
            (["--defaults-file=nonex"], {}), (["--defaults-file=./nonex", "--help"], {}),
            (["--defaults-file=../nonex"], {}), (["--defaults-file=~/x"], {}),
            (["--defaults-file=~/.my.cnf", "--print-defaults"], {}), (["--defaults-file"], {}),
            (["--defaults-file=", "--print-defaults"], {}), (["--defaults-file=/tmp", "--print-defaults"], {}),
            (["--defaults-extra-file=", "--print-defaults"], {}), (["--defaults-extra-file=nonex"], {}),
            (["--defaults-extra-file=home/my.cnf", "--print-defaults"], {}),
            (["--defaults-extra-file=me.cnf", "--defaults-file=home/my.cnf", "--print-defaults"], {}),
            (["--defaults-file=home/my.cnf", "--defaults-file=me.cnf"], {}),
            (["--defaults-file=me.cnf", "--defaults-group-suffix=x", "--print-defaults"], {}),
            (["--defaults-group-suffix=x", "--defaults-file=home/.my.cnf", "--print-defaults"], {}),
            (["--defaults-file=inc/open.txt", "--print-defaults"], {}),
            (["--defaults-extra-file=inc/open.txt", "--print-defaults"], {}),
            (["--no_defaults"], {}), (["--no-defaults=1"], {}), (["--print-defaults=1"], {}),
            (["--no-default"], {}), (["--defaults_file=me.cnf"], {}), (["--defaults-fil=me.cnf"], {}),
            (["--no-defaults", "--defaults-group-suffix=x"], {}),
            (["--no-defaults", "--print-defaults", "--no-defaults"], {})]:
        bench.compare(args, env, "[mysqldump]\nevents\n[mysqldumpx]\nforce\n")

    files = FILES + ["".join(rng.choice(PIECES) for _ in range(rng.randint(1, 14))) for _ in range(count)]
    for i, text in enumerate(files):
        if i >= len(FILES) and rng.random() < 0.8:
            text = "[mysqldump]\nhost=x" + text
        if re.search(r"(^|\n)\s+=", text):  # the real tool reads in front of its line buffer
            continue
        bench.compare(["--defaults-file=me.cnf", "--print-defaults"], None, text)
        if i < len(FILES):
            bench.compare(["--defaults-file=me.cnf", "x"], None, text)
            bench.compare(["--defaults-file=me.cnf", "--help"], None, text)
    for _ in range(count):
        args = random_command_line(rng)
        if not asks_or_crashes(args):
            bench.compare(["--no-defaults"] + args)
            bench.compare(["--no-defaults"] + args + ["--help"])

    shutil.rmtree(bench.root)
    print("%d command lines compared, %d different" % (bench.cases, bench.failures))
    return 1 if bench.failures or bench.cases < 1000 else 0


if __name__ == "__main__":
    sys.exit(main())
