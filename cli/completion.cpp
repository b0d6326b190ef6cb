// SPDX-License-Identifier: MIT
#include "cli/completion_scripts.hpp"
#include "cli/console.hpp"
#include "cli/verb.hpp"

#include <array>

namespace pmp::cli {

namespace {

int run(request const& asked) {
    auto const& shell = asked.words.front();
    console out(asked);
    out.text(
        shell == "bash"  ? bash_completion()
        : shell == "zsh" ? zsh_completion()
                         : fish_completion()
    );
    return out.finish(exit_status::done);
}

constexpr std::array<option const*, 1> options{&help_option};

constexpr std::string_view notes = R"(To have it in every new shell:
  pmp completion bash > ~/.local/share/bash-completion/completions/pmp
  pmp completion zsh  > "${fpath[1]}/_pmp"
  pmp completion fish > ~/.config/fish/completions/pmp.fish
)";

} // namespace

extern constinit verb const completion_verb{
    .name = "completion",
    .synopsis = "bash|zsh|fish",
    .summary = "print what makes a shell complete pmp's words",
    .notes = notes,
    .options = options,
    .least_words = 1,
    .most_words = 1,
    .choices = "bash zsh fish",
    .run = run};

} // namespace pmp::cli
