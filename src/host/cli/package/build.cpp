#include "host/cli/package/build.hpp"

#include "base/hex.hpp"
#include "crypto/digest.hpp"
#include "crypto/segments.hpp"
#include "host/cli/package/layout.hpp"
#include "host/cli/report.hpp"
#include "os/check.hpp"
#include "os/new_file.hpp"
#include "os/random.hpp"

#include <algorithm>
#include <array>

namespace host::cli {

namespace {

using package::oci::Config;

os::Failure unwritable(std::string const& path, base::Errno error) {
    return {
        .name = "output-failed",
        .text = '\'' + path + "' cannot be written: " + std::string{os::description(error)}
    };
}

os::Failure no_entropy() { return {.name = "internal", .text = "there are no random numbers"}; }

// Text in, ciphertext (or, of a plain package, the text) at its place in the file.
class LayerWriter {
public:
    LayerWriter(os::NewFile& file, std::uint64_t at, std::uint64_t text_size)
        : file_{file}, begin_{at}, left_{text_size} {}

    base::Result<void> encrypt(base::View key, base::View data) {
        cipher_.emplace(TRY(crypto::Segments::fresh(key, data)));
        return put(cipher_->header());
    }

    base::Result<void> add(base::View text) {
        while (!text.empty()) {
            auto const full = cipher_ ? crypto::Segments::text_size(number_) : piece;
            auto const taken = std::min(text.size(), full - text_.size());
            text_.insert(text_.end(), text.begin(), text.begin() + taken);
            text = text.subspan(taken);
            left_ -= taken;
            if (text_.size() == full || left_ == 0) TRY(flush());
        }
        return {};
    }

    std::uint64_t left() const { return left_; }
    std::uint64_t size() const { return written_; }
    crypto::Sha256Digest digest() const { return hash_.digest(); }

private:
    static constexpr std::size_t piece = std::size_t{1} << 20;

    base::Result<void> flush() {
        if (!cipher_) {
            TRY(put(text_));
        } else {
            sealed_.resize(text_.size() + crypto::Segments::tag_size);
            TRY(cipher_->seal(number_++, left_ == 0, text_, sealed_));
            TRY(put(sealed_));
        }
        text_.clear();
        return {};
    }

    base::Result<void> put(base::View bytes) {
        hash_.add(bytes);
        TRY(file_.write_at(begin_ + written_, bytes));
        written_ += bytes.size();
        return {};
    }

    os::NewFile& file_;
    std::uint64_t begin_;
    std::uint64_t left_; // of the text
    std::optional<crypto::Segments> cipher_;
    std::uint32_t number_ = 0;
    std::vector<std::byte> text_;
    std::vector<std::byte> sealed_;
    std::uint64_t written_ = 0;
    crypto::Sha256 hash_;
};

// What stands around the layer, which is in the file already; then the file has its name.
os::OrFailure<void>
finish(os::NewFile const& file, std::string const& path, Config const& config, BuiltPackage& out) {
    auto const config_text = package::oci::encode(config);
    out.manifest.config = {
        .media_type = std::string{package::oci::config_type},
        .digest = package::oci::digest_of(base::view_of(config_text)),
        .size = config_text.size()
    };
    auto const manifest = package::oci::encode(out.manifest);
    out.digest = package::oci::digest_of(base::view_of(manifest));
    auto const& layer = out.manifest.layers[0];
    LayoutWriter layout{file};
    auto done = layout.blob_header(layer.digest, layer.size);
    if (done) layout.skip(layer.size);
    if (done) done = layout.end(base::view_of(config_text), base::view_of(manifest));
    if (done) done = file.keep();
    if (!done && done.error() == base::Errno::Exist)
        return failure("file-exists", '\'' + path + "' is there already");
    if (!done) return std::unexpected(unwritable(path, done.error()));
    return {};
}

struct Secret {
    base::Bytes<package::oci::package_key_size> key{};
    package::oci::PackageId id{};
    Secret() = default;
    Secret(Secret const&) = delete;
    Secret& operator=(Secret const&) = delete;
    ~Secret() { crypto::wipe(key); }
};

} // namespace

os::OrFailure<BuiltPackage> build_package(PackageWish const& wish, std::string const& path) {
    auto file = os::NewFile::begin(path, os::Readers::Everybody);
    if (!file) return std::unexpected(unwritable(path, file.error()));
    auto const failed = [&path](base::Errno error) {
        return std::unexpected(unwritable(path, error));
    };
    Config config{
        .id = {},
        .cipher = package::oci::Cipher::None,
        .commitment = {},
        .workload = wish.workload,
        .configuration = wish.configuration,
        .secrets = wish.secrets,
        .layers = {archive_size(wish.tree)}
    };
    auto const text_size =
        wish.encrypted ? package::oci::padded_size(config.layers[0]) : config.layers[0];
    LayerWriter layer{*file, package::tar::block, text_size};
    BuiltPackage out;
    if (wish.encrypted) {
        Secret secret;
        if (!os::random(secret.key) || !os::random(secret.id)) return std::unexpected(no_entropy());
        auto const committed = package::oci::commitment(secret.key, secret.id);
        auto const begun = layer.encrypt(secret.key, package::oci::layer_data(secret.id, 0));
        if (!committed) return std::unexpected(no_entropy());
        if (!begun) return failed(begun.error());
        config.cipher = package::oci::Cipher::TinkAes256GcmHkdf1Mb;
        config.id = base::hex(secret.id);
        config.commitment = base::hex(*committed);
        out.key.emplace(base::View{secret.key});
    }
    auto const sink = [&](base::View text) -> os::OrFailure<void> {
        if (auto const added = layer.add(text); !added) return failed(added.error());
        return {};
    };
    TRY(write_archive(wish.tree, sink));
    constexpr std::array<std::byte, 4096> zeros{};
    while (layer.left() > 0)
        TRY(sink(base::View{zeros}.first(std::min<std::uint64_t>(layer.left(), zeros.size()))));

    auto const digest = package::oci::digest_text(layer.digest());
    out.manifest.layers.push_back(
        {.media_type =
             std::string{
                 wish.encrypted ? package::oci::encrypted_layer_type
                                : package::oci::plain_layer_type
             },
         .digest = digest,
         .size = layer.size()}
    );
    TRY(finish(*file, path, config, out));
    return out;
}

} // namespace host::cli
