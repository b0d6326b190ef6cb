// SPDX-License-Identifier: MIT
#include "cli/report.hpp"

#include "cli/findings.hpp"
#include "cli/table.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace pmp::cli {

namespace {

namespace json = boost::json;

struct mark {
    std::string_view unicode;
    std::string_view ascii;
    std::string_view colour;
};

constexpr std::string_view plain = "\x1b[0m";
constexpr std::string_view bold = "\x1b[1m";
constexpr std::size_t longest_title = 18;

mark const& mark_of(outcome result) {
    static constexpr std::array<mark, 4> all{
        mark{"\u2713", "+", "\x1b[32m"},
        mark{"!", "!", "\x1b[33m"},
        mark{"\u2717", "x", "\x1b[31m"},
        mark{"-", "-", "\x1b[2m"},
    };
    return all.at(static_cast<std::size_t>(result));
}

/// Words of a text in lines of so many columns, those after the first behind `indent` spaces. What
/// is said here is ASCII but for names, which may be cut a little early.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t columns) {
    auto const room = std::max<std::size_t>(columns, indent + 20) - indent;
    std::string out;
    std::size_t used = 0;
    while (!text.empty()) {
        auto const end = std::min(text.find(' '), text.size());
        if (used != 0 && used + 1 + end > room) {
            out.append("\n").append(indent, ' ');
            used = 0;
        } else if (used != 0) {
            out += ' ';
            ++used;
        }
        out += text.substr(0, end);
        used += end;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

/// The title stands before it.
std::string_view without(std::string_view title, std::string_view summary) {
    auto rest = summary.starts_with("the ") ? summary.substr(4) : summary;
    if (!rest.starts_with(title) || rest.size() == title.size() || rest[title.size()] != ' ') {
        return summary;
    }
    rest.remove_prefix(title.size() + 1);
    return rest;
}

std::string line_of(finding const& f, report_style const& style) {
    auto const& m = mark_of(f.result);
    auto const sign = style.unicode ? m.unicode : m.ascii;
    std::string out;
    out.append(style.coloured ? m.colour : "").append(sign).append(style.coloured ? plain : "");
    auto title = std::string(f.title);
    title.resize(std::max(title.size(), longest_title), ' ');
    out.append(" ").append(title);
    auto const indent = longest_title + 2;
    auto const summary = printable(without(f.title, f.summary));
    return out + wrapped(summary, indent, style.columns) + '\n';
}

/// What to do about a step; empty where the end says so.
std::string advice_line(finding const& f, verdict const& end, report_style const& style) {
    if (f.advice.empty() || end.advice.find(f.advice) != std::string::npos) {
        return {};
    }
    auto const indent = longest_title + 2;
    return std::string(indent, ' ') +
           wrapped("-> " + printable(f.advice), indent + 3, style.columns) + '\n';
}

json::value or_null(std::string const& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

std::string capital(std::string text) {
    if (!text.empty() && text.front() >= 'a' && text.front() <= 'z' && !text.starts_with("pmp")) {
        text.front() = static_cast<char>(text.front() - 'a' + 'A');
    }
    return text + '.';
}

} // namespace

std::string report(diagnosis const& of, report_style const& style) {
    std::string out;
    for (auto const& each : of.findings) {
        out += line_of(each, style) + advice_line(each, of.end, style);
    }
    auto const sentence = wrapped(capital(printable(of.end.sentence)), 0, style.columns);
    out.append("\n").append(style.coloured ? bold : "").append(sentence);
    out.append(style.coloured ? plain : "").append("\n");
    if (!of.end.advice.empty()) {
        out += wrapped("What to do: " + printable(of.end.advice) + ".", 12, style.columns) + '\n';
    }
    return out;
}

json::object report_json(diagnosis const& of, facts const& seen) {
    json::array steps;
    for (auto const& each : of.findings) {
        json::object step;
        step["step"] = each.step;
        step["result"] = to_string(each.result);
        step["summary"] = each.summary;
        step["advice"] = or_null(each.advice);
        steps.push_back(std::move(step));
    }
    json::object end;
    end["name"] = of.end.name;
    end["sentence"] = of.end.sentence;
    end["advice"] = or_null(of.end.advice);
    auto const external = external_of(seen);
    auto const& gateway = seen.found.view.address;
    json::object out;
    out["verdict"] = std::move(end);
    out["gateway"] =
        gateway.is_unspecified() ? json::value(nullptr) : json::value(gateway.to_string());
    out["external_address"] = external ? json::value(external->to_string()) : json::value(nullptr);
    out["steps"] = std::move(steps);
    return out;
}

} // namespace pmp::cli
