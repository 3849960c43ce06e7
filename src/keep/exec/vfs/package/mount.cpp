#include "keep/exec/vfs/memory/open_directory.hpp"
#include "keep/exec/vfs/package.hpp"
#include "keep/exec/vfs/package/copy.hpp"
#include "keep/exec/vfs/path.hpp"

#include <array>
#include <utility>

namespace exec::vfs {

using base::Errno;

namespace {

std::shared_ptr<memory::Tree> make_tree(MemoryOptions options) {
    options.now = [made_ns = options.now()] { return made_ns; };
    return std::make_shared<memory::Tree>(std::move(options));
}

std::unique_ptr<Directory> sealed(std::shared_ptr<memory::Tree> tree) {
    tree->make_read_only();
    auto& root = tree->root();
    return std::make_unique<memory::OpenDirectory>(std::move(tree), root);
}

Result<void> make_directories(Directory& root, std::string_view path) {
    for (auto at = path.find('/'); at != std::string_view::npos; at = path.find('/', at + 1)) {
        auto const made = root.create_directory(path.substr(0, at));
        if (!made && made.error() != Errno::Exist) return made;
    }
    return {};
}

Result<void> add(Directory& root, PackageFile const& file) {
    TRY(check_path(file.path));
    TRY(make_directories(root, split(file.path).parent));
    auto node = TRY(root.open(file.path, {.write = true, .create = true, .exclusive = true}));
    std::array const contents{file.contents};
    auto const written = TRY(std::get<std::unique_ptr<File>>(node)->write_at(contents, 0));
    if (written < file.contents.size()) return std::unexpected(Errno::NoSpc);
    return {};
}

} // namespace

Result<std::unique_ptr<Directory>>
make_package(std::span<PackageFile const> files, MemoryOptions options) {
    auto tree = make_tree(std::move(options));
    memory::OpenDirectory root{tree, tree->root()};
    for (auto const& file : files) TRY(add(root, file));
    return sealed(std::move(tree));
}

Result<std::unique_ptr<Directory>> make_package(Directory& source, MemoryOptions options) {
    auto tree = make_tree(std::move(options));
    memory::OpenDirectory root{tree, tree->root()};
    TRY(package::copy(source, root));
    return sealed(std::move(tree));
}

struct PackageBuilder::State {
    std::shared_ptr<memory::Tree> tree;
    memory::OpenDirectory root{tree, tree->root()};
    std::unique_ptr<File> open;
    std::uint64_t at = 0; // in the open file
    std::vector<std::string> links;
};

PackageBuilder::PackageBuilder(MemoryOptions options)
    : state_{std::make_unique<State>(make_tree(std::move(options)))} {}
PackageBuilder::~PackageBuilder() = default;

Result<void> PackageBuilder::directory(std::string const& path) {
    TRY(check_path(path));
    TRY(make_directories(state_->root, path));
    auto const made = state_->root.create_directory(path);
    if (!made && made.error() != Errno::Exist) return made;
    return {};
}

Result<void> PackageBuilder::link(std::string const& target, std::string const& path) {
    TRY(check_path(path));
    TRY(make_directories(state_->root, split(path).parent));
    state_->links.push_back(path);
    return state_->root.symlink(target, path);
}

Result<void> PackageBuilder::file(std::string const& path) {
    TRY(check_path(path));
    TRY(make_directories(state_->root, split(path).parent));
    auto node = TRY(state_->root.open(path, {.write = true, .create = true, .exclusive = true}));
    state_->open = std::move(std::get<std::unique_ptr<File>>(node));
    state_->at = 0;
    return {};
}

Result<void> PackageBuilder::contents(std::span<std::byte const> piece) {
    std::array const buffers{piece};
    if (!state_->open) return std::unexpected(Errno::Inval);
    auto const written = TRY(state_->open->write_at(buffers, state_->at));
    state_->at += written;
    if (written < piece.size()) return std::unexpected(Errno::NoSpc);
    return {};
}

Result<std::unique_ptr<Directory>> PackageBuilder::finish() {
    state_->open.reset();
    for (auto const& path : state_->links) {
        auto const led_to = state_->root.stat(path, Follow::Yes);
        if (!led_to && led_to.error() == Errno::Perm) return std::unexpected(Errno::Perm);
    }
    return sealed(state_->tree);
}

} // namespace exec::vfs
