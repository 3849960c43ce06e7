// The model's side of a target's calls: which descriptor is what, and the loop that answers.
#pragma once
#include "front/listener.hpp"

namespace model::front {

/// Until nobody can call any more.
void serve(Listener&);

} // namespace model::front
