#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The architecture's laws, read off the sources: which way includes point, what the core may not
touch, where platforms may be named, how long a file may be."""

import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

CODE = {".cpp", ".hpp"}
CORE = ("lib/src/wire/", "lib/src/dialect/", "lib/src/engine/")
# Public headers of the shell; all others belong to the core.
SHELL_HEADERS = {"lib/include/pmp/client.hpp", "lib/include/pmp/entropy.hpp"}
PER_PLATFORM = re.compile(r"_(linux|posix|windows)\.(cpp|hpp)$")
PLATFORM_MACRO = re.compile(r"^\s*#\s*(?:if|ifdef|ifndef|elif).*\b(_WIN32|WIN32|__linux__|__APPLE__|__unix__|__FreeBSD__)\b", re.M)
POSIX_FILE = re.compile(r"_(linux|posix)\.(cpp|hpp)$")
POSIX_HEADER = re.compile(
    r"^(sys|net|netinet|arpa|linux)/\w+\.h$"
    r"|^(unistd|fcntl|grp|pwd|poll|spawn|termios|pthread|dirent|dlfcn|getopt|ifaddrs|netdb|strings|syslog)\.h$"
)
WINDOWS_HEADER = re.compile(r"^(windows|winsock2|ws2tcpip|mswsock|iphlpapi|netioapi|shlobj|sddl|aclapi|bcrypt)\.h$")
# What GCC, clang and their library have and other compilers lack, and functions that Windows does not know.
COMPILER_WORD = re.compile(
    r"__attribute__|__builtin_\w+|__extension__|__int128|__PRETTY_FUNCTION__|\btypeof\b|#\s*pragma\s+(?:GCC|clang)\b|\bssize_t\b"
    r"|#\s*include\s*<(?:bits|ext)/|<cxxabi\.h>|\b(?:gmtime_r|localtime_r|timegm|strptime|strcasecmp|strncasecmp|strtok_r|setenv|unsetenv|usleep|mkstemp|asprintf)\b"
)
# What is compiled for Windows as well.
PORTABLE = ("lib/", "config/", "daemon/", "cli/", "windows-service/") + tuple(
    f"tests/{folder}/" for folder in ("config", "daemon", "gateway", "sim", "support", "unit", "windows")
)
# Names that the headers of Windows define away.
NAME_OF_WINDOWS = re.compile(r"\b(?:auto|bool|int|const|string)[&*]*\s+(far|near|small|hyper|pascal|cdecl)\b")
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)

# What a layer may not include. A layer is a path prefix.
FORBIDDEN_INCLUDES = {
    "core": re.compile(
        r"^(thread|mutex|shared_mutex|condition_variable|atomic|future|random|fstream|iostream|cstdio|ctime)$"
        r"|^(sys|net|netinet|arpa|linux)/|^(unistd|poll|time|pthread)\.h$"
        r"|^boost/asio/(?!ip/address|buffer\.hpp)|^boost/(process|json|program_options|thread|log)"
        r"|^(spdlog|fmt|yaml-cpp)|^(net|config|daemon|cli|tests|support)/|^pmp/(client|entropy)\.hpp$"
    ),
    "lib": re.compile(
        r"^(spdlog|fmt|yaml-cpp)|^boost/(json|program_options|log|process)|^(config|daemon|cli|systemd|windows-service|support)/"
    ),
    "config": re.compile(r"^spdlog|^boost/(program_options|log|process)|^(daemon|cli|systemd|windows-service|engine|net|dialect|wire)/"),
    "daemon": re.compile(r"^yaml-cpp|^(cli|engine|net|dialect|wire)/"),
    # A one-shot loads no YAML and no log: of the others' headers it has those that need neither.
    "cli": re.compile(
        r"^(yaml-cpp|spdlog|fmt)|^boost/(program_options|log|process)|^(engine|net|dialect|wire)/.*\.hpp$"
        r"|^config/(?!(scalars|suggest|text)\.hpp)|^daemon/(?!(command_line_windows|control_path|lease_json|memory_json|private_file|surroundings|utf16_windows)\.hpp)"
    ),
}
FORBIDDEN_IN_CORE = re.compile(r"::now\s*\(|\brand\s*\(|\bgetenv\b|\bstd::cerr\b|\bstd::cout\b|\bsteady_clock\b|\bsystem_clock\b")
LONGEST_FILE = 400
# One table of scenarios reads best in one place.
LONGEST_TEST = 600


def is_core(path):
    if path.startswith(CORE):
        return True
    public = path.startswith("lib/include/pmp/") and path not in SHELL_HEADERS
    return public or re.fullmatch(r"lib/src/[^/]+\.cpp", path) is not None


def layers_of(path):
    found = ["core"] if is_core(path) else []
    return found + [layer for layer in ("lib", "config", "daemon", "cli") if path.startswith(layer + "/")]


def violations(path, text):
    """Every law that this file breaks, as sentences."""
    found = []
    if "SPDX-License-Identifier: MIT" not in text.split("\n", 1)[0]:
        found.append("has no SPDX line on top")
    code = COMMENT.sub("", text)
    for layer in layers_of(path):
        for include in INCLUDE.findall(text):
            if FORBIDDEN_INCLUDES[layer].search(include):
                found.append(f"is in {layer} and includes {include}")
    if is_core(path) and (touch := FORBIDDEN_IN_CORE.search(code)):
        found.append(f"is in the core and uses {touch.group(0)}")
    if not PER_PLATFORM.search(path) and (macro := PLATFORM_MACRO.search(code)):
        found.append(f"names a platform ({macro.group(1)}) outside of the per-platform files")
    found += [f"includes {each} outside of the per-platform files" for each in foreign_headers(path, text)]
    if path.startswith(PORTABLE) and not POSIX_FILE.search(path) and (word := COMPILER_WORD.search(code)):
        found.append(f"says {word.group(0)}, which not every compiler knows")
    if path.startswith(PORTABLE) and not POSIX_FILE.search(path) and (name := NAME_OF_WINDOWS.search(code)):
        found.append(f"calls something {name.group(1)}, which the headers of Windows define away")
    limit = LONGEST_TEST if path.startswith("tests/") else LONGEST_FILE
    if (lines := text.count("\n")) > limit:
        found.append(f"has {lines} lines, more than {limit}")
    return found


def foreign_headers(path, text):
    """The headers of systems that this file is not for."""
    if not path.startswith(PORTABLE) or is_core(path):
        return []
    included = INCLUDE.findall(text)
    for_windows = path.startswith(("windows-service/", "tests/windows/")) or path.endswith(("_windows.cpp", "_windows.hpp"))
    found = [] if POSIX_FILE.search(path) else [each for each in included if POSIX_HEADER.search(each)]
    return found if for_windows else found + [each for each in included if WINDOWS_HEADER.search(each)]


def sources():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    return [p for p in listed if pathlib.PurePath(p).suffix in CODE and (ROOT / p).is_file()]


def unindented(text):
    return "\n".join(line.strip() for line in text.strip().split("\n"))


class Laws(unittest.TestCase):
    def test_what_the_manual_of_the_library_shows_is_in_its_examples(self):
        manual = (ROOT / "docs/embedding.md").read_text()
        examples = [unindented(p.read_text()) for p in (ROOT / "examples").glob("*.cpp")]
        snippets = re.findall(r"```cpp\n(.*?)```", manual, re.S)

        missing = [s for s in snippets if not any(unindented(s) in e for e in examples)]

        self.assertGreater(len(snippets), 4)
        self.assertEqual(missing, [])

    def test_each_test_that_security_names_exists(self):
        named = re.findall(r"`([^`]+)`", (ROOT / "SECURITY.md").read_text().partition("### ")[2])
        suites = [each for each in named if re.fullmatch(r"\w+/\w+", each)]
        functions = [each for each in named if each.startswith("test_")]
        targets = [each for each in named if each.startswith("fuzz_")]
        self.assertGreater(min(len(suites), len(functions), len(targets)), 5)

        texts = [path.read_text() for path in (ROOT / "tests").rglob("*.[ch]pp")]
        for each in suites:
            suite, case = each.split("/")
            holds = [text for text in texts if f"TEST_SUITE({suite}" in text and f"TEST_CASE({case})" in text]
            self.assertEqual(len(holds), 1, each)
        scripts = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
        for each in functions:
            self.assertIn(f"def {each}(", scripts)
        fuzzed = (ROOT / "tests/fuzz/CMakeLists.txt").read_text()
        for each in targets:
            self.assertIn(f"pmp_add_fuzz_target({each} ", fuzzed)
        faults = "".join(path.read_text() for path in (ROOT / "tests/lab").glob("fault_*.py"))
        for each in re.findall(r"faults: `([^`]+)`", (ROOT / "SECURITY.md").read_text()):
            self.assertIn(f'name = "{each}"', faults)

    def test_every_source_keeps_the_laws(self):
        paths = sources()
        self.assertGreater(len(paths), 50)
        broken = [f"{p} {what}" for p in paths for what in violations(p, (ROOT / p).read_text())]
        self.assertEqual(broken, [], "\n" + "\n".join(broken))

    def test_the_core_includes_no_socket_clock_thread_or_log(self):
        for include in ("<thread>", "<random>", "<boost/asio/io_context.hpp>", "<sys/socket.h>", '"net/client.hpp"', "<spdlog/spdlog.h>"):
            text = f"// SPDX-License-Identifier: MIT\n#include {include}\n"
            self.assertEqual(len(violations("lib/src/engine/x.cpp", text)), 2 if "spdlog" in include else 1, include)

    def test_the_core_may_include_addresses(self):
        text = "// SPDX-License-Identifier: MIT\n#include <boost/asio/ip/address.hpp>\n"
        self.assertEqual(violations("lib/src/engine/x.cpp", text), [])

    def test_the_core_reads_no_clock(self):
        text = "// SPDX-License-Identifier: MIT\nauto t = boot_clock::now();\n"
        self.assertEqual(len(violations("lib/src/dialect/x.cpp", text)), 1)
        self.assertEqual(violations("lib/src/net/x.cpp", text), [])

    def test_nothing_includes_upward(self):
        for path, include in (("lib/src/net/x.cpp", "<boost/json.hpp>"), ("config/x.cpp", '"daemon/daemon.hpp"'), ("daemon/x.cpp", "<yaml-cpp/yaml.h>"),
                              ("daemon/x.cpp", '"cli/verb.hpp"'), ("cli/x.cpp", '"config/config.hpp"'), ("cli/x.cpp", '"daemon/log.hpp"')):
            self.assertEqual(len(violations(path, f"// SPDX-License-Identifier: MIT\n#include {include}\n")), 1, path)

    def test_platforms_are_named_in_per_platform_files_alone(self):
        text = "// SPDX-License-Identifier: MIT\n#ifdef _WIN32\n#endif\n"
        self.assertEqual(len(violations("daemon/x.cpp", text)), 1)
        self.assertEqual(violations("daemon/x_windows.cpp", text), [])

    def test_headers_of_a_platform_are_in_the_files_of_that_platform_alone(self):
        own = {"unistd.h": "posix", "sys/wait.h": "linux", "ifaddrs.h": "linux", "windows.h": "windows", "iphlpapi.h": "windows"}
        for header, platform in own.items():
            text = f"// SPDX-License-Identifier: MIT\n#include <{header}>\n"
            other = "posix" if platform == "windows" else "windows"
            for path in ("daemon/x.cpp", f"daemon/x_{other}.cpp", "tests/gateway/x.cpp"):
                self.assertEqual(len(violations(path, text)), 1, f"{path} {header}")
            self.assertEqual(violations(f"daemon/x_{platform}.cpp", text), [], header)

    def test_the_service_of_windows_includes_nothing_of_posix(self):
        for header, count in (("unistd.h", 1), ("windows.h", 0)):
            text = f"// SPDX-License-Identifier: MIT\n#include <{header}>\n"
            self.assertEqual(len(violations("windows-service/x.cpp", text)), count, header)

    def test_what_only_some_compilers_know_is_in_the_files_of_posix_alone(self):
        for word in ("__attribute__((packed)) int a;", "auto n = __builtin_popcount(1);", "#pragma GCC diagnostic push", "ssize_t size;",
                     "#include <bits/stdc++.h>", "::gmtime_r(&now, &parts);"):
            text = f"// SPDX-License-Identifier: MIT\n{word}\n"
            for path in ("lib/src/net/x.cpp", "lib/src/net/x_windows.cpp", "windows-service/x.cpp", "tests/sim/x.cpp"):
                self.assertEqual(len(violations(path, text)), 1, f"{path} {word}")
            self.assertEqual(violations("lib/src/net/x_linux.cpp", text), [], word)

    def test_nothing_has_a_name_that_windows_defines_away(self):
        for code in ("auto const far = 1;", "int near() { return 1; }", "std::string const& far;"):
            text = f"// SPDX-License-Identifier: MIT\n{code}\n"
            self.assertEqual(len(violations("tests/daemon/x.cpp", text)), 1, code)
            self.assertEqual(violations("tests/daemon/x_posix.cpp", text), [], code)

    def test_long_files_and_missing_licences_are_found(self):
        self.assertEqual(len(violations("daemon/x.cpp", "\n" * 401)), 2)


if __name__ == "__main__":
    unittest.main()
