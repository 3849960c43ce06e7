#pragma once

// The log's folder: `checkpoint` and the tiles below `tile/`, each file exchanged as a whole.

#include "os/failure.hpp"
#include "service/log/tree_edge.hpp"

namespace service {

class LogFiles {
public:
    explicit LogFiles(std::string folder) : folder_{std::move(folder)} {}

    os::OrFailure<void> create() const; // the folder, where it is not there

    // Nothing: there is none.
    os::OrFailure<std::optional<std::string>> checkpoint() const;
    os::OrFailure<void> write_checkpoint(std::string_view note) const;

    // A partial tile is read from the full one where it has gone. Nothing: it is not there.
    os::OrFailure<std::optional<Blob>> tile(TileName const& name) const;
    // Durable with its name. A full one takes the place of its partial ones.
    os::OrFailure<void> write(Tile const& tile) const;

    // As it lies there; nothing: it does not.
    os::OrFailure<std::optional<Blob>> file(std::string const& path, std::size_t most) const;

private:
    std::string folder_;
};

inline constexpr std::size_t largest_tile = std::size_t{256} * (largest_entry + 2);

} // namespace service
