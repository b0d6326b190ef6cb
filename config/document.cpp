// SPDX-License-Identifier: MIT
#include "config/document.hpp"

#include "config/syntax_error.hpp"
#include "config/text.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>

namespace pmp::config {

namespace {

/// Deeper than anything this file can mean, far shallower than the stack.
constexpr std::size_t deepest = 16;
constexpr std::string_view too_deep = "this is nested too deeply; no key takes so many levels";

/// More brackets than can be open in a sane file, also where comments and texts hold some.
constexpr std::size_t most_open_brackets = 1000;

/// Ends the document. Without it yaml-cpp takes a quoted text that is never closed as closed by
/// the end of the file.
constexpr std::string_view document_end = "\n...\n";

position position_of(YAML::Mark const& mark) {
    return {mark.line + 1, mark.column + 1};
}

/// What the tree cannot take, on its way through yaml-cpp's parser.
struct refusal {
    problem what;
};

[[noreturn]] void refuse(position at, std::string message) {
    throw refusal{{at.line, at.column, std::move(message)}};
}

class tree_builder final : public YAML::EventHandler {
public:
    /// `source` outlives it.
    explicit tree_builder(std::string_view source) : source_(source) {}

    void OnDocumentStart(YAML::Mark const& mark) override;
    void OnDocumentEnd() override {}
    void OnNull(YAML::Mark const& mark, YAML::anchor_t anchor) override;
    void OnAlias(YAML::Mark const& mark, YAML::anchor_t anchor) override;
    void OnScalar(
        YAML::Mark const& mark,
        std::string const& tag,
        YAML::anchor_t anchor,
        std::string const& value
    ) override;
    void OnSequenceStart(
        YAML::Mark const& mark,
        std::string const& tag,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value
    ) override;
    void OnSequenceEnd() override { open_.pop_back(); }
    void OnMapStart(
        YAML::Mark const& mark,
        std::string const& tag,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value
    ) override;
    void OnMapEnd() override { open_.pop_back(); }

    /// The innermost list or map that is not complete; null where there is none.
    node const* incomplete() const { return open_.empty() ? nullptr : open_.back(); }
    /// Where the last complete piece began.
    std::size_t last_offset() const { return last_offset_; }
    document take() { return std::move(tree_); }

private:
    node& add(node_kind, YAML::Mark const&, YAML::anchor_t);
    void open(node_kind, YAML::Mark const&, YAML::anchor_t);
    void attach(node const&);
    position position_of_nothing(YAML::Mark const&) const;

    std::string_view source_;
    document tree_;
    std::vector<node*> open_;
    /// By anchor, which yaml-cpp numbers from 1.
    std::vector<node const*> anchored_;
    std::size_t last_offset_ = 0;
    bool started_ = false;
};

void check_tag(position at, std::string const& tag) {
    // "?" and "!" are what yaml-cpp calls plain and quoted scalars without a tag.
    bool const known =
        tag.empty() || tag == "?" || tag == "!" || tag.starts_with("tag:yaml.org,2002:");
    if (!known)
        refuse(at, "the tag " + in_quotes(tag) + " has no meaning here; remove it");
}

bool is_written_null(std::string_view text) {
    return text.starts_with("~") || text.starts_with("null") || text.starts_with("Null") ||
           text.starts_with("NULL");
}

void tree_builder::OnDocumentStart(YAML::Mark const& mark) {
    if (started_) {
        auto const rest = source_.substr(static_cast<std::size_t>(mark.pos));
        refuse(
            position_of(mark),
            rest.starts_with("---")
                ? "a second YAML document begins here; keep one document"
                : "this does not continue what stands above; check the indentation"
        );
    }
    started_ = true;
}

node& tree_builder::add(node_kind kind, YAML::Mark const& mark, YAML::anchor_t anchor) {
    auto& added = tree_.nodes.emplace_back();
    added.kind = kind;
    added.at = position_of(mark);
    last_offset_ = static_cast<std::size_t>(mark.pos);
    if (anchor != YAML::NullAnchor) {
        anchored_.resize(std::max<std::size_t>(anchored_.size(), anchor + 1));
        anchored_[anchor] = &added;
    }
    attach(added);
    return added;
}

void tree_builder::attach(node const& child) {
    if (open_.empty())
        tree_.root = &child;
    else
        open_.back()->children.push_back(&child);
}

void tree_builder::open(node_kind kind, YAML::Mark const& mark, YAML::anchor_t anchor) {
    if (open_.size() == deepest)
        refuse(position_of(mark), std::string(too_deep));
    open_.push_back(&add(kind, mark, anchor));
}

/// yaml-cpp places a value that is not there at whatever follows it. The reader should look at
/// the key, the dash or the comma before it.
position tree_builder::position_of_nothing(YAML::Mark const& mark) const {
    auto const* const parent = incomplete();
    if (parent == nullptr)
        return position_of(mark);
    if (parent->kind == node_kind::map)
        return parent->children.empty() ? parent->at : parent->children.back()->at;
    auto const offset = static_cast<std::size_t>(mark.pos);
    auto const opening = source_.substr(0, offset).find_last_of("-,[");
    if (opening == std::string_view::npos || is_written_null(source_.substr(offset)))
        return position_of(mark);
    auto const between = source_.substr(opening, offset - opening);
    auto const breaks = static_cast<int>(std::count(between.begin(), between.end(), '\n'));
    auto const at = position_of(mark);
    if (breaks == 0)
        return {at.line, at.column - static_cast<int>(between.size())};
    return {at.line - breaks, static_cast<int>(opening - source_.rfind('\n', opening))};
}

void tree_builder::OnNull(YAML::Mark const& mark, YAML::anchor_t anchor) {
    auto const at = position_of_nothing(mark);
    add(node_kind::null, mark, anchor).at = at;
}

void tree_builder::OnAlias(YAML::Mark const& mark, YAML::anchor_t anchor) {
    last_offset_ = static_cast<std::size_t>(mark.pos);
    attach(*anchored_.at(anchor));
}

void tree_builder::OnScalar(
    YAML::Mark const& mark, std::string const& tag, YAML::anchor_t anchor, std::string const& value
) {
    check_tag(position_of(mark), tag);
    add(node_kind::scalar, mark, anchor).text = value;
}

void tree_builder::OnSequenceStart(
    YAML::Mark const& mark,
    std::string const& tag,
    YAML::anchor_t anchor,
    YAML::EmitterStyle::value /*style*/
) {
    check_tag(position_of(mark), tag);
    open(node_kind::list, mark, anchor);
}

void tree_builder::OnMapStart(
    YAML::Mark const& mark,
    std::string const& tag,
    YAML::anchor_t anchor,
    YAML::EmitterStyle::value /*style*/
) {
    check_tag(position_of(mark), tag);
    open(node_kind::map, mark, anchor);
}

problem at(position where, std::string message) {
    return {where.line, where.column, std::move(message)};
}

problem unclosed_bracket(position noticed, node const& open) {
    bool const list = open.kind == node_kind::list;
    return at(
        noticed,
        std::string(list ? "',' or ']'" : "',' or '}'") + " is missing here; the " +
            (list ? "'['" : "'{'") + " at line " + std::to_string(open.at.line) + ", column " +
            std::to_string(open.at.column) + " is not closed"
    );
}

problem explain(YAML::Exception const& error, std::string_view source, tree_builder const& tree) {
    auto const last_character = source.find_last_not_of(" \t\r\n");
    auto const length = last_character == std::string_view::npos ? 0 : last_character + 1;
    auto const offset = static_cast<std::size_t>(std::max(error.mark.pos, 0));
    auto const where = offset < length ? position_of(error.mark) : position_at(source, length);
    std::string_view const message = error.msg;
    bool const unclosed_quote =
        message == "illegal document indicator in scalar" || message == "illegal EOF in scalar";
    if (unclosed_quote) {
        if (auto const opening = find_open_quote(source, tree.last_offset()))
            return at(
                position_at(source, *opening), "the text in quotes that begins here is not closed"
            );
        return at(where, "no line of a text in quotes can begin with '---' or '...'; indent it");
    }
    if (is_indented_with_tab(source, std::min(offset, length)))
        return at({where.line, 1}, "a tab is used for indentation; use spaces");
    bool const unclosed =
        message == "end of map flow not found" || message == "end of sequence flow not found";
    if (unclosed && tree.incomplete() != nullptr)
        return unclosed_bracket(where, *tree.incomplete());
    return at(where, explain_syntax_error(message));
}

/// yaml-cpp looks at all brackets that open in a row before it hands out the first, at 200 bytes
/// each: a file of 4 MiB would take a gigabyte before the tree could refuse it.
std::optional<std::size_t> find_bracket_too_many(std::string_view source) {
    std::size_t open = 0;
    for (std::size_t i = 0; i < source.size(); ++i) {
        if (source[i] == '[' || source[i] == '{')
            ++open;
        else if (open > 0 && (source[i] == ']' || source[i] == '}'))
            --open;
        if (open > most_open_brackets)
            return i;
    }
    return std::nullopt;
}

} // namespace

std::variant<document, problem> read_document(std::string_view source) {
    if (auto const offset = find_bracket_too_many(source))
        return at(position_at(source, *offset), std::string(too_deep));
    auto const text = std::string(source) + std::string(document_end);
    std::istringstream input(text);
    tree_builder tree(text);
    try {
        YAML::Parser parser(input);
        while (parser.HandleNextDocument(tree)) {
        }
    } catch (refusal const& refused) {
        return refused.what;
    } catch (YAML::Exception const& error) {
        return explain(error, source, tree);
    } catch (std::exception const& error) {
        return problem{
            0, 0, "the file cannot be read as YAML (" + in_quotes(error.what()) + "); rewrite it"};
    }
    auto read = tree.take();
    if (read.root == nullptr)
        read.root = &read.nodes.emplace_back();
    return read;
}

} // namespace pmp::config
