// SPDX-License-Identifier: MIT
#include "config/scalars.hpp"
#include "config/suggest.hpp"
#include "config/system_log.hpp"
#include "config/text.hpp"

#include <span>

namespace pmp::config {

namespace {

template <class T>
struct choice {
    std::string_view text;
    T value;
};

/// A choice that exists, but not in this version, and what to write instead.
struct unavailable {
    std::string_view text;
    std::string_view instead;
};

template <class T>
checked<T> choose(
    std::string_view text,
    std::initializer_list<choice<T>> choices,
    std::initializer_list<unavailable> others = {}
) {
    std::vector<std::string_view> names;
    for (auto const& c : choices) {
        if (c.text == text)
            return c.value;
        names.push_back(c.text);
    }
    for (auto const& o : others) {
        if (o.text == text)
            return complaint{
                in_quotes(text), "is " + not_supported() + "; " + std::string(o.instead)};
    }
    if (auto const meant = nearest(text, names))
        return complaint{
            in_quotes(text), "is not known here; did you mean '" + std::string(*meant) + "'?"};
    return complaint{in_quotes(text), "is not known here; write " + alternatives(names)};
}

} // namespace

// The spellings of YAML 1.1, as yaml-cpp reads them.
checked<bool> read_bool(std::string_view text) {
    for (std::string_view const yes :
         {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"}) {
        if (text == yes)
            return true;
    }
    for (std::string_view const no :
         {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"}) {
        if (text == no)
            return false;
    }
    return complaint{in_quotes(text), "is neither true nor false; write true or false"};
}

checked<std::vector<transport>> read_protocol(std::string_view text) {
    return choose<std::vector<transport>>(
        text,
        {{"tcp", {transport::tcp}},
         {"udp", {transport::udp}},
         {"both", {transport::tcp, transport::udp}}}
    );
}

checked<std::vector<address_family>> read_address_family(std::string_view text) {
    return choose<std::vector<address_family>>(
        text,
        {{"ipv4", {address_family::ipv4}},
         {"ipv6", {address_family::ipv6}},
         {"both", {address_family::ipv4, address_family::ipv6}}}
    );
}

checked<dialect_id> read_dialect(std::string_view text) {
    return choose<dialect_id>(
        text,
        {{to_string(dialect_id::pcp), dialect_id::pcp},
         {to_string(dialect_id::nat_pmp), dialect_id::nat_pmp},
         {to_string(dialect_id::igd), dialect_id::igd}},
        {{to_string(dialect_id::direct), "write pcp, nat-pmp or upnp"}}
    );
}

checked<event_kind> read_hook_event(std::string_view text) {
    return choose<event_kind>(
        text,
        {{"acquired", event_kind::acquired},
         {"renewed", event_kind::renewed},
         {"changed", event_kind::changed},
         {"lost", event_kind::lost},
         {"refused", event_kind::refused},
         {"released", event_kind::released},
         {"gateway_found", event_kind::gateway_found},
         {"gateway_lost", event_kind::gateway_lost},
         {"gateway_rebooted", event_kind::gateway_rebooted},
         {"external_address_changed", event_kind::external_address_changed}}
    );
}

checked<log_level> read_log_level(std::string_view text) {
    return choose<log_level>(
        text,
        {{"trace", log_level::trace},
         {"debug", log_level::debug},
         {"info", log_level::info},
         {"warn", log_level::warn},
         {"error", log_level::error}}
    );
}

checked<log_format> read_log_format(std::string_view text) {
    return choose<log_format>(text, {{"text", log_format::text}, {"json", log_format::json}});
}

checked<log_target> read_log_target(std::string_view text) {
    return read_log_target(text, native_log());
}

checked<log_target> read_log_target(std::string_view text, system_log const& native) {
    constexpr std::string_view to_file = "file:";
    if (text.starts_with(to_file)) {
        auto path = read_path(text.substr(to_file.size()));
        if (path.has_error())
            return path.error();
        return log_target{log_target::kind::file, *std::move(path)};
    }
    if (text.find('/') != std::string_view::npos)
        return complaint{
            in_quotes(text), "is not known here; write file: before the path of a file"};
    for (auto const& each : {log_of_linux, log_of_windows}) {
        if (each.kind != native.kind && each.name == text)
            return complaint{
                in_quotes(text),
                "is a log of " + std::string(each.system) + "; write auto, stderr, " +
                    std::string(native.name) + " or file:PATH"};
    }
    auto const kind = choose<log_target::kind>(
        text,
        {{"auto", log_target::kind::automatic},
         {"stderr", log_target::kind::standard_error},
         {native.name, native.kind}}
    );
    if (kind.has_error())
        return kind.error();
    return log_target{*kind, {}};
}

} // namespace pmp::config
