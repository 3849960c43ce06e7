#pragma once

// The loop: one thread, many connections, none of which can hold up another.

#include "voting/keep/client.hpp"

namespace voting {

// Serves the listener until the process ends. `most` connections are open at a time; one more takes
// the place of the connection that has been idle longest. Returns errno's text when waiting fails.
char const* serve(int listener, std::size_t most, Answers& answers);

} // namespace voting
