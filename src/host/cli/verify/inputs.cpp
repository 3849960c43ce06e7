#include "host/cli/verify/inputs.hpp"

#include "attest/appraisal.hpp"
#include "base/hex.hpp"
#include "host/cli/report.hpp"
#include "os/check.hpp"
#include "os/fd.hpp"

#include <algorithm>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace host::cli {

namespace {

using Bytes = std::vector<std::byte>;

bool folder(std::string const& path) {
    struct ::stat status{};
    return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

// The files of a folder in the order of their names, so that messages do not depend on the file
// system.
os::OrFailure<std::vector<std::string>> files_of(std::string const& path) {
    std::vector<std::string> out;
    std::error_code error;
    for (std::filesystem::directory_iterator it{path, error}, end; !error && it != end;
         it.increment(error))
        if (it->is_regular_file(error)) out.push_back(it->path().string());
    if (error)
        return failure("file-unreadable", "'" + path + "' cannot be read: " + error.message());
    std::ranges::sort(out);
    return out;
}

os::OrFailure<void> add_trust_keys(Anchors& anchors, Bytes const& json, std::string const& path) {
    auto keys = attest::parse_trust_keys(json, path);
    if (!keys) return unusable(keys.error());
    for (auto& key : *keys) anchors.roots.trust(std::move(key));
    // A key may lie in a folder of endorsements: whoever did not mean it reads of it.
    anchors.given.push_back(
        {.source = path, .purposes = {attest::Purpose::Arm}, .said = true, .key = true}
    );
    return {};
}

// The files themselves, and of folders each file in them.
os::OrFailure<std::vector<std::string>> files_below(std::vector<std::string> const& paths) {
    std::vector<std::string> out;
    for (auto const& path : paths) {
        if (!folder(path)) {
            out.push_back(path);
            continue;
        }
        for (auto& file : TRY(files_of(path))) out.push_back(std::move(file));
    }
    return out;
}

os::OrFailure<void> add_file(Anchors& anchors, std::string const& path) {
    auto const bytes = TRY(read_bytes(path, largest_endorsement));
    if (attest::looks_like_trust_keys(bytes)) return add_trust_keys(anchors, bytes, path);
    if (auto added = anchors.endorsements.add(bytes, path); !added) {
        if (auto const kind = attest::recognise(bytes))
            added.error().found += "; it looks like evidence, a " + std::string{name_of(*kind)};
        return unusable(added.error());
    }
    return {};
}

// A root signs itself: else the file is damaged, or no root.
os::OrFailure<void> check_roots(std::span<attest::Sourced<crypto::Certificate> const> roots) {
    for (auto const& [root, source] : roots) {
        auto const key = crypto::PublicKey::parse(root.public_key_info());
        if (!key || !root.self_issued() || !root.signed_part().verified_by(*key))
            return unusable(
                {.source = source,
                 .offset = static_cast<std::size_t>(
                     root.signed_part().signature.data() - root.der().data()
                 ),
                 .expected = "a root, which is signed by its own key",
                 .found = "another signature"}
            );
    }
    return {};
}

// PURPOSE:FILE; a file whose name begins like that is ./PURPOSE:FILE.
struct RootArgument {
    std::optional<attest::Purposes> purposes;
    std::string path;
};

RootArgument split_root(std::string const& text) {
    auto const colon = text.find(':');
    if (colon == std::string::npos) return {{}, text};
    auto const purposes = attest::purposes_named(std::string_view{text}.substr(0, colon));
    if (!purposes) return {{}, text};
    return {purposes, text.substr(colon + 1)};
}

std::unexpected<os::Failure> wrong_anchor(RootArgument const& root, std::string_view is) {
    return failure(
        "usage",
        "--root " + attest::text_of(*root.purposes) + ":" + root.path + ": the file holds " +
            std::string{is},
        "keys (JWK) are for arm, certificates for amd, amd-milan, amd-genoa, amd-turin, intel and "
        "aws"
    );
}

// Of a file that is not there: its name may have been meant to begin with a purpose.
os::Failure no_root(RootArgument const& root, os::Failure failure) {
    auto const word = std::string_view{root.path}.substr(0, root.path.find(':'));
    bool const meant =
        !root.purposes && word.size() < root.path.size() &&
        word.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos;
    if (failure.name != "file-not-found" || !meant) return failure;
    return {
        .name = "usage",
        .text = "--root '" + root.path + "': '" + std::string{word} +
                "' is nothing that a root is for, and there is no file of that name",
        .hint = "before the colon: amd, amd-milan, amd-genoa, amd-turin, intel, aws or arm"
    };
}

os::OrFailure<void> add_root(Anchors& anchors, RootArgument const& root) {
    auto const bytes = read_bytes(root.path, largest_endorsement);
    if (!bytes) return std::unexpected(no_root(root, bytes.error()));
    bool const for_keys = root.purposes == attest::Purposes{attest::Purpose::Arm};
    if (attest::looks_like_trust_keys(*bytes)) {
        if (root.purposes && !for_keys) return wrong_anchor(root, "a key");
        return add_trust_keys(anchors, *bytes, root.path);
    }
    attest::Endorsements file;
    if (auto const added = file.add(*bytes, root.path); !added) return unusable(added.error());
    if (for_keys) return wrong_anchor(root, "no key");
    TRY(check_roots(file.certificates()));
    for (auto const& certificate : file.certificates()) {
        if (root.purposes)
            anchors.roots.add(certificate, *root.purposes);
        else
            anchors.of_the_kind.push_back(certificate);
        anchors.given.push_back(
            {.source = certificate.source,
             .purposes = root.purposes.value_or(attest::Purposes{}),
             .said = root.purposes.has_value(),
             .key = false}
        );
    }
    return {};
}

} // namespace

bool names_purpose(std::string const& root) { return split_root(root).purposes.has_value(); }

std::unexpected<os::Failure> unusable(attest::Unusable const& why) {
    return failure(
        "endorsement-unusable",
        "'" + why.source + "' at byte " + std::to_string(why.offset) + ": expected " +
            why.expected + ", found " + why.found
    );
}

std::optional<Bytes> unhex(std::string_view text) {
    if (text.empty()) return {};
    return base::unhex(text);
}

os::OrFailure<os::FileBytes> read_whole(std::string const& path, std::size_t most) {
    bool const standard_input = path == "-";
    auto const file = os::check_fd(
        standard_input ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                       : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)
    );
    if (!file && file.error() == base::Errno::NoEnt)
        return failure("file-not-found", "there is no file '" + path + "'");
    auto bytes = file ? os::read_file(file->number(), most)
                      : base::Result<os::FileBytes>{std::unexpected(file.error())};
    if (!bytes && bytes.error() == base::Errno::FBig)
        return failure(
            "file-too-large", "'" + path + "' has more than " + std::to_string(most) + " bytes"
        );
    if (!bytes)
        return failure(
            "file-unreadable",
            "'" + path + "' cannot be read: " + std::string{os::description(bytes.error())}
        );
    return std::move(*bytes);
}

os::OrFailure<Bytes> read_bytes(std::string const& path, std::size_t most) {
    auto const bytes = TRY(read_whole(path, most));
    auto const view = bytes.view();
    return Bytes{view.begin(), view.end()};
}

os::OrFailure<Anchors>
read_anchors(std::vector<std::string> const& endorsements, std::vector<std::string> const& roots) {
    Anchors out;
    if (!roots.empty()) out.roots = attest::Roots::none();
    for (auto const& root : roots) TRY(add_root(out, split_root(root)));
    for (auto const& path : TRY(files_below(endorsements))) TRY(add_file(out, path));
    return out;
}

attest::Roots roots_for(Anchors const& anchors, attest::Purposes purposes) {
    auto out = anchors.roots;
    for (auto const& root : anchors.of_the_kind) out.add(root, purposes);
    return out;
}

std::vector<RootUse> uses_for(Anchors const& anchors, attest::Purposes purposes) {
    auto out = anchors.given;
    for (auto& root : out)
        if (!root.said) root.purposes = purposes;
    return out;
}

os::OrFailure<attest::Endorsements> read_endorsements(std::vector<std::string> const& paths) {
    attest::Endorsements out;
    for (auto const& path : TRY(files_below(paths))) {
        auto const bytes = TRY(read_bytes(path, largest_endorsement));
        if (attest::looks_like_trust_keys(bytes))
            return unusable(
                {path, 0, "what a vendor says", "a key: give it to `enarx verify` with --root"}
            );
        if (auto const added = out.add(bytes, path); !added) return unusable(added.error());
    }
    return out;
}

os::OrFailure<Bytes> parse_report_data(std::string const& text) {
    constexpr std::size_t most = 1024; // a nonce of Nitro; all others have at most 64
    if (text.starts_with('@')) {
        auto bytes = TRY(read_bytes(text.substr(1), most));
        if (bytes.empty())
            return failure("usage", "--report-data: '" + text.substr(1) + "' is empty");
        return bytes;
    }
    auto bytes = unhex(text);
    if (!bytes || bytes->size() > most)
        return failure(
            "usage",
            "--report-data '" + text + "' is not 1 to 1024 bytes in hexadecimal",
            "for the bytes of a file write --report-data @FILE"
        );
    return std::move(*bytes);
}

os::OrFailure<Bytes> parse_measurement(std::string const& text) {
    auto bytes = unhex(text);
    bool const fits = bytes && (bytes->size() == 32 || bytes->size() == 48 || bytes->size() == 64);
    if (!fits)
        return failure(
            "usage",
            "--measurement '" + text + "' is not 32, 48 or 64 bytes in hexadecimal",
            "a MEASUREMENT (SNP), MRTD (TDX) or PCR has 48 bytes, an MRENCLAVE (SGX) 32"
        );
    return std::move(*bytes);
}

} // namespace host::cli
