// The files of /dev/attestation: texts that are made when they are opened, and user data that can
// be written.

#include "keep/exec/attestation/files.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace exec::attestation {

namespace {

using base::Errno;
using vfs::Advice;
using vfs::OpenHow;
using vfs::ReadBuffers;
using vfs::Result;
using vfs::Stat;
using vfs::Times;
using vfs::WriteBuffers;

constexpr std::array names{
    Listed{.text = "kind", .name = Name::Kind},
    Listed{.text = "user_data", .name = Name::UserData},
    Listed{.text = "evidence", .name = Name::Evidence},
    Listed{.text = "certificate", .name = Name::Certificate}, // the last, as it may be missing
};

std::vector<std::byte> bytes_of(std::string_view text) {
    auto const view = base::view_of(text);
    return {view.begin(), view.end()};
}

std::size_t read_from(base::View content, ReadBuffers out, std::uint64_t offset) {
    content = content.subspan(std::min<std::uint64_t>(offset, content.size()));
    std::size_t total = 0;
    for (auto const buffer : out) {
        auto const here = std::min(buffer.size(), content.size());
        std::ranges::copy(content.first(here), buffer.begin());
        content = content.subspan(here);
        total += here;
    }
    return total;
}

// What all of them answer alike.
class AnyFile : public vfs::File {
public:
    AnyFile(Mounted mounted, Name name) : mounted_{std::move(mounted)}, name_{name} {}

    Result<std::size_t> write_at(WriteBuffers /*in*/, std::uint64_t /*offset*/) override {
        return std::unexpected(Errno::BadF);
    }
    Result<Appended> append(WriteBuffers /*in*/) override { return std::unexpected(Errno::BadF); }
    Result<void> set_size(std::uint64_t /*size*/) override { return std::unexpected(Errno::Inval); }
    Result<void> set_times(Times /*times*/) override { return std::unexpected(Errno::Perm); }
    Result<void> allocate(std::uint64_t /*offset*/, std::uint64_t /*length*/) override {
        return std::unexpected(Errno::NotSup);
    }
    Result<void>
    advise(std::uint64_t /*offset*/, std::uint64_t /*length*/, Advice /*advice*/) override {
        return {};
    }
    Result<void> sync(bool /*data_only*/) override { return {}; }
    Result<Stat> stat() const override { return stat_file(mounted_, name_); }

protected:
    Attester& attester() const { return *mounted_.attester; }

private:
    Mounted mounted_;
    Name name_;
};

// As it was when it was opened.
class MadeFile final : public AnyFile {
public:
    MadeFile(Mounted const& mounted, Name name, std::vector<std::byte> content)
        : AnyFile{mounted, name}, content_{std::move(content)} {}

    Result<std::size_t> read_at(ReadBuffers out, std::uint64_t offset) override {
        return read_from(content_, out, offset);
    }
    Result<Stat> stat() const override {
        auto out = TRY(AnyFile::stat());
        out.size = content_.size();
        return out;
    }

private:
    std::vector<std::byte> content_;
};

class UserDataFile final : public AnyFile {
public:
    UserDataFile(Mounted const& mounted, OpenHow how)
        : AnyFile{mounted, Name::UserData},
          readable_{how.read || !how.write},
          writable_{how.write} {}

    Result<std::size_t> read_at(ReadBuffers out, std::uint64_t offset) override {
        if (!readable_) return std::unexpected(Errno::BadF);
        return read_from(attester().user_data(), out, offset);
    }
    Result<std::size_t> write_at(WriteBuffers in, std::uint64_t /*offset*/) override {
        return replace(in);
    }
    Result<Appended> append(WriteBuffers in) override {
        auto const written = TRY(replace(in));
        return Appended{.written = written, .end = attester().user_data().size()};
    }
    Result<void> set_size(std::uint64_t size) override {
        if (!writable_ || size != 0) return std::unexpected(Errno::Inval);
        return attester().bind({});
    }

private:
    // A write of nothing changes nothing, as anywhere else.
    Result<std::size_t> replace(WriteBuffers in) {
        if (!writable_) return std::unexpected(Errno::BadF);
        std::vector<std::byte> all;
        for (auto const part : in) {
            if (part.size() > protocol::evidence::UserData::max_size - all.size())
                return std::unexpected(Errno::FBig);
            all.insert(all.end(), part.begin(), part.end());
        }
        if (!all.empty()) TRY(attester().bind(all));
        return all.size();
    }

    bool readable_;
    bool writable_;
};

} // namespace

std::span<Listed const> listed(Attester const& attester) {
    return std::span{names}.first(names.size() - (attester.certificate() ? 0 : 1));
}

vfs::Result<std::vector<std::byte>> contents(Attester const& attester, Name name) {
    switch (name) {
    case Name::Kind:
        return bytes_of(attester.kind());
    case Name::UserData:
        return std::vector(attester.user_data().begin(), attester.user_data().end());
    case Name::Evidence:
        return attester.evidence();
    case Name::Certificate:
        break;
    }
    return bytes_of(attester.certificate().value_or(""));
}

namespace {

// Hardware is not asked for the size of what it would sign.
std::size_t size_of(Attester const& attester, Name name) {
    if (name == Name::Evidence) return attester.evidence_size();
    return contents(attester, name)->size();
}

} // namespace

vfs::Stat stat_file(Mounted const& mounted, Name name) {
    return {
        .device = mounted.device,
        .inode = 2 + static_cast<std::uint64_t>(name),
        .type = vfs::FileType::RegularFile,
        .links = 1,
        .size = size_of(*mounted.attester, name),
        .accessed_ns = mounted.made_ns,
        .modified_ns = mounted.made_ns,
        .changed_ns = mounted.made_ns,
    };
}

vfs::Result<std::unique_ptr<vfs::File>>
open_file(Mounted const& mounted, Name name, vfs::OpenHow how) {
    if (name != Name::UserData) {
        if (how.write || how.truncate) return std::unexpected(Errno::Access);
        return std::make_unique<MadeFile>(mounted, name, TRY(contents(*mounted.attester, name)));
    }
    if (how.truncate) TRY(mounted.attester->bind({}));
    return std::make_unique<UserDataFile>(mounted, how);
}

} // namespace exec::attestation
