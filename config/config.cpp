// SPDX-License-Identifier: MIT
#include "config/config.hpp"

#include "config/document.hpp"
#include "config/encoding.hpp"
#include "config/sections.hpp"

#include <cerrno>
#include <fstream>
#include <system_error>

namespace pmp::config {

namespace {

problem about_file(std::string message) {
    return {0, 0, std::move(message)};
}

problem too_large() {
    return about_file(
        "the file is larger than " + std::to_string(max_file_size >> 20U) +
        " MiB; write fewer mappings, or ranges"
    );
}

void read_log(log_settings& log, findings& found, place const* at) {
    if (at == nullptr || at->value->kind == node_kind::null || !is_kind(found, *at, node_kind::map))
        return;
    fields const keys(found, *at, log_keys);
    read_into(log.level, found, keys["level"], read_log_level);
    read_into(log.format, found, keys["format"], read_log_format);
    read_into(log.target, found, keys["target"], read_log_target);
}

configuration read_root(findings& found, place const& root) {
    configuration into;
    fields const keys(found, root, root_keys);
    auto const lifetime = read(found, keys["lifetime"], read_lifetime);
    read_into(into.release_on_exit, found, keys["release_on_exit"], read_bool);
    read_into(into.release_timeout, found, keys["release_timeout"], read_release_timeout);
    read_into(into.verify, found, keys["verify"], read_verify);
    auto const gateways = read_gateways(into, found, keys["gateways"]);
    auto const groups = read_mappings(into, found, keys["mappings"], lifetime, gateways);
    read_hooks(into, found, keys["hooks"], groups);
    into.state = read(found, keys["state"], read_path);
    into.control = read(found, keys["control"], read_path);
    into.metrics = read(found, keys["metrics"], read_metrics);
    read_log(into.log, found, keys["log"]);
    return into;
}

std::variant<configuration, problems> read_tree(document const& tree) {
    place root;
    root.value = tree.root;
    if (tree.root->kind == node_kind::null)
        return configuration{};
    if (tree.root->kind != node_kind::map)
        return problems{
            {tree.root->at.line,
             tree.root->at.column,
             "the file must hold keys and values, such as 'mappings: []', with a space after the "
             "':'"}};
    findings found;
    auto read = read_root(found, root);
    if (!found.empty())
        return found.take();
    return read;
}

std::string reason_of_errno() {
    auto const reason = std::error_code(errno, std::generic_category());
    return reason ? reason.message() : "unknown error";
}

std::variant<std::string, problem> read_file(std::filesystem::path const& file) {
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored))
        return about_file("this is a directory; name a file");
    // Opening one would wait for whoever writes into it, and a reload find it empty.
    if (std::filesystem::is_fifo(file, ignored))
        return about_file("this is a pipe; name a file");
    errno = 0;
    std::ifstream input(file, std::ios::binary);
    if (!input)
        return about_file(
            "the file cannot be opened (" + reason_of_errno() + "); check its path and permissions"
        );
    std::string content(max_file_size + 1, '\0');
    input.read(content.data(), static_cast<std::streamsize>(content.size()));
    if (input.bad())
        return about_file("the file cannot be read (" + reason_of_errno() + "); check the disk");
    content.resize(static_cast<std::size_t>(input.gcount()));
    return content;
}

} // namespace

std::string to_string(problem const& p, std::filesystem::path const& file) {
    auto const name = file.u8string();
    auto text = std::string(name.begin(), name.end()) + ":";
    if (p.line > 0)
        text += std::to_string(p.line) + ":" + std::to_string(p.column) + ":";
    return text + " " + p.message;
}

std::variant<configuration, problems> parse(std::string_view yaml) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (yaml.size() > max_file_size)
        return problems{too_large()};
    if (yaml.starts_with(byte_order_mark))
        yaml.remove_prefix(byte_order_mark.size());
    if (auto const bad = find_bad_character(yaml))
        return problems{*bad};
    auto const read = read_document(yaml);
    if (auto const* const failed = std::get_if<problem>(&read))
        return problems{*failed};
    return read_tree(std::get<document>(read));
}

std::variant<configuration, problems> load(std::filesystem::path const& file) {
    auto const content = read_file(file);
    if (auto const* const failed = std::get_if<problem>(&content))
        return problems{*failed};
    return parse(std::get<std::string>(content));
}

} // namespace pmp::config
