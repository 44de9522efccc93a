#pragma once

namespace vitrine
{

// What a workspace is opened for. Where it cannot be written it is opened for reading, whatever was
// asked.
enum class Access { readWrite, readOnly };

} // namespace vitrine
