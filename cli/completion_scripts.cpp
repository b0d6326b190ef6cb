// SPDX-License-Identifier: MIT
#include "cli/completion_scripts.hpp"

#include "cli/verb.hpp"

namespace pmp::cli {

namespace {

/// For all three shells, inside of single quotes.
std::string in_quotes(std::string_view text) {
    std::string out = "'";
    for (char const c : text) {
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return out + "'";
}

/// Colons and brackets have a meaning in the words of zsh's `_arguments` and `_describe`.
std::string escaped(std::string_view text) {
    std::string out;
    for (char const c : text) {
        if (c == ':' || c == '[' || c == ']' || c == '\\') {
            out += '\\';
        }
        out += c;
    }
    return out;
}

std::string names_of(std::span<verb const* const> all) {
    std::string out;
    for (auto const* each : all) {
        out += each->name;
        out += ' ';
    }
    return out + "help";
}

std::string names_of(option_list options) {
    std::string out;
    for (auto const* each : options) {
        out += out.empty() ? "" : " ";
        out += each->name;
    }
    return out;
}

std::string bash_offer(option const& o) {
    switch (o.offered) {
    case offer::files: return "-f";
    case offer::interfaces: return "-W \"$(command ls /sys/class/net 2>/dev/null)\"";
    case offer::choices: return "-W " + in_quotes(o.choices);
    case offer::nothing: break;
    }
    return "-W ''";
}

/// The branches of one verb: after its options with a value, and everywhere else.
std::string bash_branches(verb const& v) {
    std::string out;
    auto const name = std::string(v.name);
    for (auto const* each : v.options) {
        if (!each->value.empty()) {
            out += "    " + name + ":" + std::string(each->name) + ") offered=(" +
                   bash_offer(*each) + ") ;;\n";
        }
    }
    auto words = names_of(v.options);
    if (!v.choices.empty()) {
        words.append(" ").append(v.choices);
    }
    if (v.takes_command) {
        words += " --";
    }
    return out + "    " + name + ":*) offered=(-W " + in_quotes(words) + ") ;;\n";
}

std::string zsh_offer(option const& o) {
    switch (o.offered) {
    case offer::files: return "_files";
    case offer::interfaces: return "_net_interfaces";
    case offer::choices: return "(" + std::string(o.choices) + ")";
    case offer::nothing: break;
    }
    return " ";
}

std::string zsh_branch(verb const& v) {
    auto out = "    " + std::string(v.name) + ")\n        _arguments \\\n";
    for (auto const* each : v.options) {
        auto text = std::string(each->name);
        text += each->value.empty() ? "" : "=";
        text += "[" + escaped(each->help) + "]";
        if (!each->value.empty()) {
            text += ":" + std::string(each->value) + ":" + zsh_offer(*each);
        }
        out += "            " + in_quotes(text) + " \\\n";
    }
    if (!v.choices.empty()) {
        out += "            " +
               in_quotes("1:" + std::string(v.synopsis) + ":(" + std::string(v.choices) + ")");
    } else if (v.takes_command) {
        out += "            '*:::command:_normal'";
    } else {
        out += "            '*: :'";
    }
    return out + " ;;\n";
}

std::string fish_offer(option const& o) {
    switch (o.offered) {
    case offer::files: return " -r -F";
    case offer::interfaces: return " -x -a '(__fish_print_interfaces)'";
    case offer::choices: return " -x -a " + in_quotes(o.choices);
    case offer::nothing: break;
    }
    return o.value.empty() ? "" : " -x";
}

std::string fish_lines(verb const& v) {
    auto const name = std::string(v.name);
    auto out = "complete -c pmp -n __fish_use_subcommand -a " + name + " -d " +
               in_quotes(v.summary) + "\n";
    auto const here = "complete -c pmp -n '__fish_seen_subcommand_from " + name + "'";
    for (auto const* each : v.options) {
        out += here + " -l " + std::string(each->name.substr(2)) + fish_offer(*each) + " -d " +
               in_quotes(each->help) + "\n";
    }
    if (!v.choices.empty()) {
        out += here + " -a " + in_quotes(v.choices) + "\n";
    }
    return out;
}

} // namespace

std::string bash_completion() {
    auto out = std::string(
        R"(# bash completion of pmp, as "pmp completion bash" prints it
_pmp() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} i
    local -a offered
    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W ')" +
        names_of(verbs()) + R"( --help --version' -- "$word")
        return
    fi
    for ((i = 2; i < COMP_CWORD; ++i)); do
        if [[ ${COMP_WORDS[i]} == -- ]]; then
            mapfile -t COMPREPLY < <(compgen -c -f -- "$word")
            return
        fi
    done
    # "--name=VALUE" comes as three words.
    if [[ $word == = ]]; then
        word=
    elif [[ $before == = ]]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    case ${COMP_WORDS[1]}:$before in
)"
    );
    for (auto const* each : verbs()) {
        out += bash_branches(*each);
    }
    return out + "    help:*) offered=(-W " + in_quotes(names_of(verbs())) + R"() ;;
    *) return ;;
    esac
    mapfile -t COMPREPLY < <(compgen "${offered[@]}" -- "$word")
}
complete -F _pmp pmp
)";
}

std::string zsh_completion() {
    auto out = std::string(R"(#compdef pmp
# zsh completion of pmp, as "pmp completion zsh" prints it
_pmp() {
    if ((CURRENT == 2)); then
        local -a known=(
)");
    for (auto const* each : verbs()) {
        out += "            " + in_quotes(std::string(each->name) + ":" + escaped(each->summary)) +
               "\n";
    }
    out += R"(            'help:tell the options of a verb'
        )
        _describe verb known
        return
    fi
    local asked=$words[2]
    shift words
    ((CURRENT--))
    case $asked in
)";
    for (auto const* each : verbs()) {
        out += zsh_branch(*each);
    }
    return out + "    help)\n        _arguments " +
           in_quotes("1:verb:(" + names_of(verbs()) + ")") + R"( ;;
    esac
}
if [[ ${funcstack[1]-} == _pmp ]]; then
    _pmp "$@"
else
    compdef _pmp pmp
fi
)";
}

std::string fish_completion() {
    auto out = std::string(R"(# fish completion of pmp, as "pmp completion fish" prints it
complete -c pmp -f
complete -c pmp -n __fish_use_subcommand -l help -d 'print the verbs'
complete -c pmp -n __fish_use_subcommand -l version -d 'print the version'
complete -c pmp -n __fish_use_subcommand -a help -d 'tell the options of a verb'
complete -c pmp -n '__fish_seen_subcommand_from help' -a )");
    out += in_quotes(names_of(verbs())) + "\n";
    for (auto const* each : verbs()) {
        out += fish_lines(*each);
    }
    return out;
}

} // namespace pmp::cli
