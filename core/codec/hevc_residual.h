#pragma once

// Private to this room: the coefficients of one block of ITU-T H.265, read and not kept.
#include "core/codec/hevc_contexts.h"

namespace vitrine::codec
{

enum class HevcScan { diagonal, horizontal, vertical };

struct HevcBlock {
    int size = 2; // log2 of its side, 2 to 5
    bool isChroma = false;
    bool isBypassed = false; // without transform or quantizer
    bool hasSkip = false;    // it says whether it is without transform
    bool hidesSigns = false;
    HevcScan scan = HevcScan::diagonal;
};

// 7.3.8.11. False where a number is longer than any can be.
bool readResidual(ArithmeticDecoder& code, HevcContexts& contexts, const HevcBlock& block);

} // namespace vitrine::codec
