#pragma once

#include "core/store/database.h"

namespace vitrine
{

// Brings the database to the schema of this program (core/store/README.md): makes it, or migrates
// step by step. A database written by a newer program is refused.
Result<void> prepareSchema(Database& database);

} // namespace vitrine
