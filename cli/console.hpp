// SPDX-License-Identifier: MIT
#pragma once

#include "cli/request.hpp"

#include <cerrno>
#include <string>
#include <string_view>

namespace pmp::cli {

/// Data goes to standard output, everything else to standard error.
class console {
public:
    explicit console(request const&);

    bool json() const { return json_; }
    /// What comes as data from now on goes to standard error: standard output is a command's.
    void leave_output() { own_output_ = false; }

    /// Data as it is, or one line of it. False: nobody can read it any more.
    bool text(std::string_view);
    bool line(std::string_view);

    /// Worth knowing; not with `--quiet`.
    void note(std::string_view sentence) const;
    void warn(std::string_view sentence) const;
    void complain(std::string_view sentence) const;

    bool has_lost() const { return lost_ != 0; }
    /// What is lost was written to a pipe that nobody reads any more.
    bool reader_is_gone() const { return lost_ == EPIPE; }
    /// The exit status: this one, unless what was printed could not be written. `also`: the end of
    /// the sentence that says so.
    int finish(int status, std::string_view also = {}) const;

private:
    bool json_;
    bool quiet_;
    bool own_output_ = true;
    /// Why data could not be written; 0: it could.
    int lost_ = 0;
};

/// For where there is no request yet.
void complain(std::string_view sentence);

} // namespace pmp::cli
