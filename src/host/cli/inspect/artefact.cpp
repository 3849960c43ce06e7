#include "host/cli/inspect/artefact.hpp"

#include "attest/inspect/describe.hpp"
#include "host/cli/report.hpp"

#include <sys/stat.h>

namespace host::cli {

namespace {

using attest::inspect::Kind;

std::optional<Kind> kind_of(Subject const& subject) {
    struct ::stat status{};
    if (subject.folder || ::fstat(subject.file.number(), &status) != 0) return {};
    return attest::inspect::recognise(
        base::view_of(subject.front), static_cast<std::size_t>(status.st_size)
    );
}

} // namespace

os::OrFailure<Companions> Companions::read(std::span<Subject const> subjects) {
    Companions out;
    out.texts_.reserve(subjects.size()); // the artefacts point into them
    for (auto const& subject : subjects) {
        auto const kind = kind_of(subject);
        if (!kind) continue;
        out.texts_.push_back(TRY(subject.contents(attest::inspect::largest(*kind))));
        out.artefacts_.push_back(
            {.bytes = base::view_of(out.texts_.back()), .source = subject.path}
        );
    }
    return out;
}

bool recognises_artefact(Subject const& subject) { return kind_of(subject).has_value(); }

os::OrFailure<std::optional<Json>> describe_artefact(Subject const& subject, Global const& global) {
    (void)global;
    auto const before = kind_of(subject);
    auto const text =
        TRY(subject.contents(before ? attest::inspect::largest(*before) : Subject::front_size));
    // The file may have changed since its front was read: what counts is what is described.
    auto const kind = attest::inspect::recognise(base::view_of(text), text.size());
    if (!kind)
        return failure("file-unreadable", '\'' + subject.path + "' changes while it is read");
    auto const companions = TRY(Companions::read(subject.beside));
    auto const description = attest::inspect::describe(
        *kind, {.bytes = base::view_of(text), .source = subject.path}, companions.artefacts()
    );
    Json out{{"file", subject.path}};
    out.update(attest::inspect::json_of(description));
    return out;
}

} // namespace host::cli
