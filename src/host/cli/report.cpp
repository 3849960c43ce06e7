#include "host/cli/report.hpp"

#include "base/printable.hpp"
#include "os/write_all.hpp"
#include "protocol/failure/failure.hpp"

#include <algorithm>

#include <unistd.h>

namespace host::cli {

namespace {

// Texts hold what files and services say; only lines and columns are ours.
std::string shown(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        auto const end = std::min(text.find_first_of("\n\t"), text.size());
        out += base::printable(text.substr(0, end));
        if (end != text.size()) out += text[end];
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

std::string hints(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        auto const line = text.substr(0, text.find('\n'));
        out += "  hint: " + std::string{line} + '\n';
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return out;
}

} // namespace

std::string failure_text(os::Failure const& failure) {
    auto const* kind = protocol::find_failure(failure.name);
    std::string text =
        "enarx: error: " + base::printable(failure.text) + " (" + std::string{failure.name} + ")\n";
    if (!failure.hint.empty())
        text += hints(failure.hint);
    else if (kind != nullptr)
        text += hints(kind->advice);
    return text + "  see: enarx explain " + std::string{failure.name} + '\n';
}

void write_error(std::string_view text) {
    // Nobody is left to tell if standard error is gone.
    (void)os::write_all(STDERR_FILENO, base::view_of(shown(text)));
}

os::OrFailure<void> write_output(std::string_view text) {
    return write_artefact(base::view_of(shown(text)));
}

os::OrFailure<void> write_artefact(base::View bytes) {
    auto const written = os::write_all(STDOUT_FILENO, bytes);
    if (written) return {};
    return failure(
        "output-failed",
        "standard output cannot be written: " + std::string{os::description(written.error())}
    );
}

std::unexpected<os::Failure> failure(std::string_view name, std::string text, std::string hint) {
    return std::unexpected(os::Failure{name, std::move(text), std::move(hint)});
}

} // namespace host::cli
