// SPDX-License-Identifier: MIT
#include "parsing.hpp"

using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(config_yaml)

BOOST_AUTO_TEST_CASE(may_begin_with_a_byte_order_mark_and_have_windows_line_ends) {
    auto const read =
        accepted("\xef\xbb\xbfmappings:\r\n  - protocol: tcp\r\n    internal: 22\r\n");

    BOOST_TEST(read.mappings.at(0).name == "tcp-22");
    BOOST_TEST(complaint_about("\xef\xbb\xbf") == "");
    BOOST_TEST(
        complaint_about("\xef\xbb\xbfx:\r\ny:\r\n").find("2:1: unknown key 'y'") !=
        std::string::npos
    );
}

BOOST_AUTO_TEST_CASE(may_end_with_a_document_end) {
    BOOST_TEST(complaint_about("---\nlog: {}\n...\n# end\n") == "");
}

BOOST_AUTO_TEST_CASE(may_carry_the_tags_of_its_standard) {
    BOOST_TEST(accepted("release_on_exit: !!bool false\n").release_on_exit == false);
}

BOOST_AUTO_TEST_CASE(holds_one_document) {
    BOOST_TEST(
        complaint_about("log: {}\n---\nlog: {}\n") ==
        "2:1: a second YAML document begins here; keep one document"
    );
}

BOOST_AUTO_TEST_CASE(holds_keys_and_values) {
    std::string const sentence =
        "the file must hold keys and values, such as 'mappings: []', with a space after the ':'";

    BOOST_TEST(complaint_about("lifetime:2h\n") == "1:1: " + sentence);
    BOOST_TEST(complaint_about("- lifetime\n") == "1:1: " + sentence);
}

BOOST_AUTO_TEST_CASE(has_words_for_keys) {
    BOOST_TEST(complaint_about("? [a]\n: b\n") == "1:3: a key must be a word, not a list");
    BOOST_TEST(complaint_about("~: b\n") == "1:1: a key must be a word, not nothing");
}

BOOST_AUTO_TEST_CASE(has_no_tags_of_its_own) {
    BOOST_TEST(
        complaint_about("log: !secret {}\n") ==
        "1:6: the tag '!secret' has no meaning here; remove it"
    );
}

BOOST_AUTO_TEST_CASE(has_no_merge_keys) {
    BOOST_TEST(
        complaint_about("<<: {lifetime: 2h}\n") ==
        "1:1: YAML merge keys ('<<') are not understood; write the keys out"
    );
}

BOOST_AUTO_TEST_CASE(is_not_indented_with_tabs) {
    std::string const sentence = "a tab is used for indentation; use spaces";

    BOOST_TEST(complaint_about("mappings:\n\t- {protocol: tcp}\n") == "2:1: " + sentence);
    BOOST_TEST(complaint_about("log:\n\tlevel: info\n") == "2:1: " + sentence);
    BOOST_TEST(complaint_about("log:\n  level: info\n  \tformat: text\n") == "3:1: " + sentence);
}

// yaml-cpp itself takes such a text as closed by the end of the file.
BOOST_AUTO_TEST_CASE(closes_its_quotes) {
    std::string const sentence = "the text in quotes that begins here is not closed";

    BOOST_TEST(complaint_about("state: 'a\n") == "1:8: " + sentence);
    BOOST_TEST(complaint_about("state: \"a\\\"\n") == "1:8: " + sentence);
    BOOST_TEST(
        complaint_about("state: 'it''s'\nlog: {level: \"info\", target: 'stderr}\n") ==
        "2:30: " + sentence
    );
}

BOOST_AUTO_TEST_CASE(has_no_document_mark_within_quotes) {
    BOOST_TEST(
        complaint_about("state: 'a\n--- b'\n") ==
        "2:1: no line of a text in quotes can begin with '---' or '...'; indent it"
    );
}

BOOST_AUTO_TEST_CASE(closes_its_brackets) {
    BOOST_TEST(
        complaint_about("log: {level: info\n") ==
        "1:18: ',' or '}' is missing here; the '{' at line 1, column 6 is not closed"
    );
    BOOST_TEST(
        complaint_about("mappings: [{protocol: tcp}\nlog: {}\n") ==
        "2:1: ',' or ']' is missing here; the '[' at line 1, column 11 is not closed"
    );
    BOOST_TEST(
        complaint_about("log: {level: info]\n") ==
        "1:18: this bracket does not close the one opened last; remove or replace it"
    );
}

BOOST_AUTO_TEST_CASE(has_colons_after_keys_alone) {
    std::string const sentence =
        "a ':' cannot stand here; check that a ':' and a space follow the key in the line above, "
        "and put quotes around a text that holds ': '";

    BOOST_TEST(complaint_about("state: a: b\n") == "1:9: " + sentence);
    BOOST_TEST(complaint_about("log:\n  level info\n  format: text\n") == "3:9: " + sentence);
}

BOOST_AUTO_TEST_CASE(is_indented_in_columns) {
    std::string const sentence = "this does not continue what stands above; check the indentation";

    BOOST_TEST(complaint_about("- a\nlog: {}\n") == "2:1: " + sentence);
    BOOST_TEST(
        complaint_about("mappings:\n  - protocol: tcp\n   internal: 22\n") ==
        "3:4: " + sentence + ", and that nothing follows a text in quotes"
    );
}

BOOST_AUTO_TEST_CASE(refers_to_anchors_that_it_has) {
    BOOST_TEST(
        complaint_about("lifetime: *long\n") ==
        "1:11: there is no anchor of this name above; define it with '&', or put quotes around "
        "a text that begins with '*'"
    );
}

BOOST_AUTO_TEST_CASE(has_known_escape_sequences) {
    BOOST_TEST(
        complaint_about("state: \"C:\\pmpd\"\n") ==
        "1:13: this is not an escape sequence of YAML; write '\\\\' for a backslash, or use "
        "single quotes"
    );
}

BOOST_AUTO_TEST_CASE(has_no_value_that_begins_with_a_reserved_character) {
    BOOST_TEST(
        complaint_about("state: @home\n") ==
        "1:8: a value cannot begin with this character; put quotes around the value"
    );
}

// yaml-cpp itself would replace or skip these, and could end the file there.
BOOST_AUTO_TEST_CASE(holds_text_alone) {
    BOOST_TEST(
        complaint_about("log: {}\n\x04lifetime: 1s\n") ==
        "2:1: the control character U+0004 is not allowed; remove it"
    );
    BOOST_TEST(
        complaint_about("state: a\x7f\n") ==
        "1:9: the control character U+007F is not allowed; remove it"
    );
    BOOST_TEST(
        complaint_about("log: {}\rstate: a\n") ==
        "1:8: a carriage return stands alone; end lines with LF or with CR LF"
    );
}

BOOST_AUTO_TEST_CASE(is_utf8) {
    for (auto const* text :
         {"\xff",
          "\xc3",
          "\xc3(",
          "\xc0\xaf",
          "\xe0\x80\x80",
          "\xed\xa0\x80",
          "\xf4\x90\x80\x80",
          "\x80"}) {
        auto const complaint = complaint_about("state: "s + text + "\n");
        BOOST_TEST(complaint.starts_with("1:8: the byte 0x"), complaint);
        BOOST_TEST(complaint.ends_with(" is not UTF-8 here; save the file as UTF-8"), complaint);
    }
    BOOST_TEST(complaint_about("state: \u00fc\u20ac\U0001f600\n") == "");
}

BOOST_AUTO_TEST_CASE(is_not_utf16) {
    std::string const sentence =
        "0:0: the file is not UTF-8 but UTF-16 or UTF-32; save it as UTF-8";

    BOOST_TEST(complaint_about("\xff\xfel\0o\0"s) == sentence);
    BOOST_TEST(complaint_about("l\0o\0"s) == sentence);
}

BOOST_AUTO_TEST_SUITE_END()
