// SPDX-License-Identifier: MIT
#include "config/interface_names.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using pmp::config::names_of_linux;
using pmp::config::names_of_windows;

namespace {

/// Empty: the name is taken as it stands.
std::string complaint(std::string const& name, pmp::config::interface_names const& names) {
    auto const read = pmp::config::read_interface(name, names);
    if (read.has_value())
        BOOST_TEST(*read == name);
    return read.has_value() ? std::string() : read.error().sentence;
}

std::string times(int count, std::string const& text) {
    std::string all;
    for (int i = 0; i < count; ++i)
        all += text;
    return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(names_of_interfaces)

BOOST_AUTO_TEST_CASE(are_to_be_found_where_they_are_automatic) {
    for (auto const* names : {&names_of_linux, &names_of_windows}) {
        auto const read = pmp::config::read_interface("auto", *names);
        BOOST_TEST((read.has_value() && read->empty()));
    }
}

BOOST_AUTO_TEST_CASE(on_linux_have_fifteen_bytes_at_most) {
    BOOST_TEST(complaint("fifteen-letters", names_of_linux) == "");
    BOOST_TEST(complaint("büro-äöüß", names_of_linux) == "");
    BOOST_TEST(
        complaint("sixteen--letters", names_of_linux) ==
        "'sixteen--letters' is too long for an interface; write a name of at most 15 characters, "
        "or auto"
    );
}

BOOST_AUTO_TEST_CASE(on_linux_are_what_can_be_a_file_of_its_own) {
    BOOST_TEST(
        complaint("", names_of_linux) ==
        "the name of an interface cannot be empty; write a name such as eth0, or auto"
    );
    for (std::string const name : {"eth 0", "a/b", "eth0:1", ".", "..", "a\n"})
        BOOST_TEST(
            complaint(name, names_of_linux)
                .ends_with("cannot be the name of an interface; write a name such as eth0, or auto"
                ),
            name
        );
}

BOOST_AUTO_TEST_CASE(on_windows_are_those_that_it_shows) {
    for (std::string const name :
         {"Ethernet 2",
          "vEthernet (Default Switch)",
          "Local Area Connection* 1",
          "Büro-LAN: 2,5 GBit/s",
          "イーサネット 2",
          "."})
        BOOST_TEST(complaint(name, names_of_windows) == "", name);
}

BOOST_AUTO_TEST_CASE(on_windows_have_256_characters_at_most_as_windows_counts_them) {
    BOOST_TEST(complaint(times(256, "中"), names_of_windows) == "");
    BOOST_TEST(complaint(times(128, "\U0001f310"), names_of_windows) == "");
    BOOST_TEST(
        complaint(times(129, "\U0001f310"), names_of_windows)
            .ends_with("is too long for an interface; write a name of at most 256 characters, or "
                       "auto")
    );
    BOOST_TEST(complaint(times(257, "e"), names_of_windows) != "");
}

BOOST_AUTO_TEST_CASE(on_windows_can_be_printed_and_seen) {
    BOOST_TEST(
        complaint("", names_of_windows) ==
        "the name of an interface cannot be empty; write a name such as Ethernet, or auto"
    );
    for (std::string const name : {" ", "   ", "a\tb", "a\nb", "\xff"})
        BOOST_TEST(complaint(name, names_of_windows) != "", name);
}

BOOST_AUTO_TEST_SUITE_END()
