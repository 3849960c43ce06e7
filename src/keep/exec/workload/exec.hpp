#pragma once

// The whole life of exec.

namespace exec {

// The status to exit with, unless it has left with that of the application.
int exec();

} // namespace exec
