// SPDX-License-Identifier: MIT
#include "wire/xml.hpp"

#include "wire/text.hpp"

namespace pmp::wire::xml {

namespace {

/// Goes through all elements without recursion; stops where `visit` is false.
template <class Visit>
bool walk(pugi::xml_node const& root, Visit visit) {
    std::size_t depth = 0;
    auto node = root.first_child();
    while (node) {
        if (node.type() == pugi::node_element && !visit(node, depth + 1)) {
            return false;
        }
        if (node.first_child()) {
            node = node.first_child();
            ++depth;
            continue;
        }
        while (depth > 0 && !node.next_sibling()) {
            node = node.parent();
            --depth;
        }
        node = node.next_sibling();
    }
    return true;
}

std::string_view local_name(pugi::xml_node const& node) {
    std::string_view const name = node.name();
    auto const colon = name.rfind(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

} // namespace

error_code load(pugi::xml_document& document, std::string_view text) {
    // Routers put blanks in front of the declaration and NULs behind the last element.
    text = trimmed(text);
    if (text.empty()) {
        return fault::truncated;
    }
    if (text.size() > longest_document) {
        return fault::bad_length;
    }
    if (find_word(text, "<!doctype") != std::string_view::npos) {
        return fault::bad_value;
    }
    if (!document.load_buffer(
            text.data(), text.size(), pugi::parse_default | pugi::parse_trim_pcdata
        )) {
        return fault::bad_value;
    }
    std::size_t count = 0;
    auto const within = walk(document, [&](pugi::xml_node const&, std::size_t depth) {
        return ++count <= most_elements && depth <= deepest_element;
    });
    return within ? error_code() : error_code(fault::bad_length);
}

bool is(pugi::xml_node const& node, std::string_view name) {
    return node.type() == pugi::node_element && same_word(local_name(node), name);
}

pugi::xml_node child(pugi::xml_node const& parent, std::string_view name) {
    return parent.find_child([&](pugi::xml_node const& node) { return is(node, name); });
}

std::string text(pugi::xml_node const& node) {
    return std::string(trimmed(node.text().get()));
}

std::string child_text(pugi::xml_node const& parent, std::string_view name) {
    return text(child(parent, name));
}

std::vector<pugi::xml_node> all(pugi::xml_node const& root, std::string_view name) {
    std::vector<pugi::xml_node> out;
    walk(root, [&](pugi::xml_node const& node, std::size_t) {
        if (is(node, name)) {
            out.push_back(node);
        }
        return true;
    });
    return out;
}

pugi::xml_node first(pugi::xml_node const& root, std::string_view name) {
    pugi::xml_node out;
    walk(root, [&](pugi::xml_node const& node, std::size_t) {
        out = is(node, name) ? node : out;
        return !out;
    });
    return out;
}

std::string escaped(std::string_view text) {
    std::string out;
    for (auto const c : text) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\'': out += "&apos;"; break;
        default:
            if (static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\n' || c == '\r') {
                out += c;
            }
        }
    }
    return out;
}

} // namespace pmp::wire::xml
