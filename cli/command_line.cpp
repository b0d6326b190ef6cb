// SPDX-License-Identifier: MIT
#include "cli/command_line.hpp"

#include "cli/console.hpp"
#include "cli/error_json.hpp"
#include "config/scalars.hpp"
#include "config/suggest.hpp"
#include "config/text.hpp"

#include <algorithm>
#include <set>

namespace pmp::cli {

namespace {

using config::in_quotes;

std::string suggestion(std::string_view word, std::vector<std::string_view> const& known) {
    auto const meant = config::nearest(word, known);
    return meant ? "; did you mean " + std::string(*meant) + "?" : std::string();
}

class parser {
public:
    parser(verb const& of, std::vector<std::string> const& arguments)
        : verb_(of), arguments_(arguments) {}

    std::variant<request, misuse> parse() {
        for (; at_ < arguments_.size() && wrong_.empty() && !request_.help; ++at_) {
            take(arguments_[at_]);
        }
        if (wrong_.empty() && !request_.help) {
            count_words();
        }
        if (wrong_.empty() && !request_.help) {
            check_zone();
        }
        if (!wrong_.empty()) {
            return misuse{std::move(wrong_)};
        }
        return std::move(request_);
    }

private:
    void take(std::string const& argument) {
        if (argument == "--") {
            take_rest();
        } else if (is_option(argument)) {
            take_option(argument);
        } else {
            request_.words.push_back(argument);
        }
    }

    /// `-1` is a word that is wrong as such: no option begins with a digit.
    static bool is_option(std::string_view argument) {
        return argument.size() > 1 && argument[0] == '-' &&
               (argument[1] < '0' || argument[1] > '9');
    }

    void take_rest() {
        auto const first = arguments_.begin() + static_cast<std::ptrdiff_t>(at_) + 1;
        auto& rest = verb_.takes_command ? request_.command : request_.words;
        rest.insert(rest.end(), first, arguments_.end());
        at_ = arguments_.size();
        if (verb_.takes_command && (rest.empty() || rest.front().empty())) {
            wrong_ = "-- needs a command after it";
        }
    }

    void take_option(std::string_view argument) {
        auto const equals = argument.find('=');
        auto const name = argument == "-h" ? help_option.name : argument.substr(0, equals);
        auto const found = std::find_if(verb_.options.begin(), verb_.options.end(), [&](auto* o) {
            return o->name == name;
        });
        if (found == verb_.options.end()) {
            reject(name);
            return;
        }
        auto const& known = **found;
        if (!given_.insert(known.name).second) {
            wrong_ = std::string(known.name) + " is given twice; write it once";
            return;
        }
        bool const has_value = equals != std::string_view::npos;
        if (known.value.empty() && has_value) {
            wrong_ = std::string(name) + " takes no value";
            return;
        }
        if (!known.value.empty() && !has_value && at_ + 1 == arguments_.size()) {
            wrong_ = std::string(name) + " needs a value: " + std::string(name) + " " +
                     std::string(known.value);
            return;
        }
        std::string_view value;
        if (!known.value.empty()) {
            value = has_value ? argument.substr(equals + 1) : std::string_view(arguments_[++at_]);
        }
        if (auto const why = known.read(request_, value)) {
            wrong_ = std::string(name) + ": " + *why;
        }
    }

    void reject(std::string_view name) {
        std::vector<std::string_view> known;
        for (auto const* each : verb_.options) {
            known.push_back(each->name);
        }
        wrong_ = "unknown option " + in_quotes(name) + suggestion(name, known);
    }

    void count_words() {
        auto const& words = request_.words;
        if (words.size() < verb_.least_words) {
            auto const usage = std::string(verb_.name) + " " + std::string(verb_.synopsis);
            wrong_ = std::string(split(verb_.synopsis)[words.size()]) + " is missing: pmp " + usage;
        } else if (words.size() > verb_.most_words) {
            wrong_ = "unexpected argument " + in_quotes(words[verb_.most_words]);
            if (verb_.takes_command && request_.command.empty()) {
                wrong_ += "; a command comes after --";
            }
        } else if (!verb_.choices.empty()) {
            check_choice(words.front());
        }
    }

    /// A link-local address means nothing without its interface.
    void check_zone() {
        auto const& address = request_.gateway.address;
        auto const& interface = request_.gateway.interface;
        if (address && address->is_v6() && address->to_v6().is_link_local() && interface.empty()) {
            wrong_ = "--gateway: a link-local address needs an interface; write " +
                     address->to_string() + "%" + std::string(config::example_interface()) +
                     ", or add --interface NAME";
        }
    }

    void check_choice(std::string const& word) {
        auto const choices = split(verb_.choices);
        if (std::find(choices.begin(), choices.end(), word) == choices.end()) {
            wrong_ = in_quotes(word) + " is not known here; write " + config::alternatives(choices);
        }
    }

    verb const& verb_;
    std::vector<std::string> const& arguments_;
    std::size_t at_ = 0;
    request request_;
    std::set<std::string_view> given_;
    std::string wrong_;
};

} // namespace

std::variant<request, misuse> parse(verb const& of, std::vector<std::string> const& arguments) {
    return parser(of, arguments).parse();
}

misuse unknown_verb(std::string const& name) {
    std::vector<std::string_view> known;
    for (auto const* each : verbs()) {
        known.push_back(each->name);
    }
    return {"there is no verb " + in_quotes(name) + suggestion(name, known)};
}

int misused(std::string_view verb, std::string const& sentence, bool json) {
    auto const name = verb.empty() ? std::string("pmp") : "pmp " + std::string(verb);
    request asked;
    asked.json = json;
    console out(asked);
    complain(
        out,
        local_error::usage,
        sentence + (sentence.ends_with('?') ? " See " : "; see ") + name + " --help"
    );
    return exit_status::usage;
}

bool wants_json(std::vector<std::string> const& arguments) {
    auto const end = std::find(arguments.begin(), arguments.end(), "--");
    return std::find(arguments.begin(), end, json_option.name) != end;
}

std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        auto const word = text.substr(0, text.find(' '));
        words.push_back(word);
        text.remove_prefix(std::min(word.size() + 1, text.size()));
    }
    return words;
}

} // namespace pmp::cli
