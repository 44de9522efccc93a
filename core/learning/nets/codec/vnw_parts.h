#pragma once

#include "core/learning/nets/codec/byte_stream.h"
#include "core/learning/nets/codec/integer_hyper.h"
#include "core/learning/nets/codec/tables.h"

#include <vector>

// The integer parts of a .vnw file, as README.md lists them. What is taken is checked: sizes
// against what is left, values against their ranges; std::runtime_error says what is wrong.
namespace vitrine::learning::codec
{

// What an entropy decoder needs of one hyperprior, all in integers.
struct HyperCode {
    std::vector<Table> tables; // one for each channel of the hyper latent
    IntegerHyper decoder;
};

void putTable(ByteSink& to, const Table& table);
Table takeTable(ByteSource& from);

void putHyper(ByteSink& to, const HyperCode& hyper);
HyperCode takeHyper(ByteSource& from);

} // namespace vitrine::learning::codec
