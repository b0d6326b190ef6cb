// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/error.hpp>

#include <pugixml.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// What this library asks of XML: elements found by local name, whatever prefix or case a router
// gives them, in documents that cannot grow.
namespace pmp::wire::xml {

inline constexpr std::size_t longest_document = 262144;
inline constexpr std::size_t deepest_element = 32;
inline constexpr std::size_t most_elements = 16384;

/// Refuses documents with a DTD (whose entities could expand), and those beyond the limits. Errors:
/// `fault::bad_value`, `fault::bad_length`, `fault::truncated`.
error_code load(pugi::xml_document&, std::string_view text);

/// Whether the local name of the element is this.
bool is(pugi::xml_node const&, std::string_view name);

/// The first child element of that local name; null where there is none.
pugi::xml_node child(pugi::xml_node const&, std::string_view name);
/// Its text without blanks around it; empty where it is missing.
std::string child_text(pugi::xml_node const&, std::string_view name);
std::string text(pugi::xml_node const&);

/// All elements of that local name at any depth, in the order of the document.
std::vector<pugi::xml_node> all(pugi::xml_node const&, std::string_view name);
/// The first of them; null where there is none.
pugi::xml_node first(pugi::xml_node const&, std::string_view name);

/// With `&`, `<`, `>` and quotes escaped, and without characters that XML forbids.
std::string escaped(std::string_view);

} // namespace pmp::wire::xml
