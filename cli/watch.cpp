// SPDX-License-Identifier: MIT
#include "cli/console.hpp"
#include "cli/control_client.hpp"
#include "cli/error_json.hpp"
#include "cli/lease_table.hpp"
#include "cli/system.hpp"
#include "cli/table.hpp"
#include "cli/terminal.hpp"
#include "cli/verb.hpp"

#include <boost/asio/error.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <ctime>

namespace pmp::cli {

namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

/// What runs down is drawn again so often.
constexpr auto tick = 1s;
/// The table is asked for again so often: states may change without an event.
constexpr auto refresh = 10s;
/// For the first table.
constexpr auto patience = 10s;
/// Nothing has to come for a pipe.
constexpr auto forever = 24h;

constexpr std::string_view clear = "\x1b[2J";
constexpr std::string_view home = "\x1b[H";
constexpr std::string_view clear_line = "\x1b[K";
constexpr std::string_view clear_rest = "\x1b[J";

std::string local_time() {
    auto const now = std::time(nullptr);
    std::array<char, 16> out{};
    auto const* const parts = std::localtime(&now); // NOLINT(concurrency-mt-unsafe): one thread
    auto const size = std::strftime(out.data(), out.size(), "%H:%M:%S", parts);
    return {out.data(), size};
}

bool is_reply(json::object const& line) {
    return line.contains("ok");
}

/// The table on a terminal, drawn over itself.
class screen {
public:
    explicit screen(console& out) : out_(out) { out_.text(clear); }

    void take(json::object const& line) {
        if (is_reply(line)) {
            table_ = lease_table(line);
            told_ = clock::now();
            stale_ = false;
            return;
        }
        last_ = local_time() + "  " + printable(text_of(line, "message"));
        table_.take(line);
        // Of what else has changed with it.
        stale_ = true;
    }

    /// An event, or time, has made the table old.
    bool is_stale() const {
        auto const since = clock::now() - asked_;
        return since >= refresh || (stale_ && since >= tick);
    }
    void asked() { asked_ = clock::now(); }

    bool draw() {
        auto const size = size_of_terminal();
        lease_table::space room;
        room.steady = true;
        // The last event has two lines below, and the cursor one.
        room.rows = size.rows > 5 ? size.rows - 3 : 2;
        room.columns = size.columns;
        room.age = std::chrono::floor<std::chrono::seconds>(clock::now() - told_);
        std::string drawn(home);
        auto const text = table_.text(room, output_is_coloured());
        for (std::size_t from = 0; from < text.size();) {
            auto const to = text.find('\n', from);
            drawn.append(text, from, to - from).append(clear_line).append("\n");
            from = to + 1;
        }
        auto const last = cut(last_.empty() ? "no event yet" : last_, size.columns);
        drawn.append(clear_line).append("\n").append(last).append(clear_line).append("\n");
        return out_.text(drawn.append(clear_rest));
    }

private:
    console& out_;
    lease_table table_;
    clock::time_point told_ = clock::now();
    clock::time_point asked_ = told_;
    bool stale_ = false;
    std::string last_;
};

error_code show(console& out, control_client& daemon, json::object const& table) {
    screen all(out);
    all.take(table);
    all.draw();
    json::object const status{{"command", "status"}};
    for (;;) {
        auto line = daemon.next(tick);
        if (line) {
            all.take(*line);
        } else if (line.error() != boost::asio::error::timed_out) {
            return line.error();
        }
        if (all.is_stale()) {
            all.asked();
            if (auto const error = daemon.send(status); error.failed()) {
                return error;
            }
        }
        if (!all.draw()) {
            return {};
        }
    }
}

error_code print(console& out, control_client& daemon, json::object const& table) {
    result<json::object> line = table;
    for (;;) {
        if (line) {
            line->erase("ok");
            if (!out.line(json::serialize(*line))) {
                return {};
            }
        } else if (line.error() != boost::asio::error::timed_out) {
            return line.error();
        }
        line = daemon.next(forever);
    }
}

int run(request const& asked) {
    console out(asked);
    auto daemon = control_client::connect(asked);
    if (!daemon) {
        return no_daemon(out, asked, daemon.error());
    }
    survive_closed_pipes();
    auto const table = daemon->ask({{"command", "watch"}}, patience);
    if (table && !is_ok(*table)) {
        complain(out, local_error::pmpd_refuses, "pmpd says: " + text_of(*table, "error"));
        return out.finish(exit_status::no_daemon);
    }
    auto error = table ? error_code() : table.error();
    if (!error.failed()) {
        bool const live = output_is_screen() && !out.json();
        error = live ? show(out, *daemon, *table) : print(out, *daemon, *table);
    }
    if (error.failed()) {
        return no_daemon(out, asked, error);
    }
    // Whoever has seen enough closes the pipe.
    return out.reader_is_gone() ? exit_status::done : out.finish(exit_status::done);
}

constexpr std::array<option const*, 4> options{
    &control_option, &json_option, &quiet_option, &help_option};

constexpr std::string_view notes =
    R"(On a terminal the table, until Ctrl-C. Into a pipe a JSON object a line: first
the table, then each event with the lease as it is now.

Example:
  pmp watch | while read -r line; do echo "$line"; done
)";

} // namespace

extern constinit verb const watch_verb{
    .name = "watch",
    .synopsis = "",
    .summary = "show what pmpd keeps open, live",
    .notes = notes,
    .options = options,
    .run = run};

} // namespace pmp::cli
