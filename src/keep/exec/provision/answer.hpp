#pragma once

// Evidence of the Keep for itself on one connection: the one place where report data of the
// purposes `provision` and `ready` are made.

#include "keep/exec/provision/states.hpp"

namespace exec::provision {

// `recipient_key`: empty where `loaded` says what the Keep runs.
OrRefusal<Answer> make_answer(
    Self const& self,
    crypto::BoundChannel const& channel,
    crypto::hpke::Suite suite,
    base::View recipient_key,
    std::optional<protocol::provision::Loaded> const& loaded
);

} // namespace exec::provision
