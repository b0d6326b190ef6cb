// SPDX-License-Identifier: MIT
#pragma once

// Before the other headers of Windows, which take its words for known.
#include <windows.h>
