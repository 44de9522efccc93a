#pragma once

// Private to this room: whether packets of H.265 are whole. FFmpeg's decoder conceals what is
// damaged and does not tell; here every block of every slice is read, and must end where its bytes
// do.
#include "core/codec/hevc_slice.h"
#include "core/codec/nal_units.h"

namespace vitrine::codec
{

enum class Wholeness { whole, damaged, unknown };

class HevcCheck
{
public:
    // The stream's configuration record or parameter sets; may be empty.
    explicit HevcCheck(ByteSpan configuration);

    // A packet is one picture. In order of decoding, or from a random access point on.
    Wholeness check(ByteSpan packet);

    // Why some were unknown: what of the standard is not read here; empty: none was.
    const std::string& notRead() const { return notRead_; }

private:
    struct Begun {
        unsigned sps = 0;
        HevcPicture picture;
        std::uint32_t blocks = 0; // that it has
    };
    void takeParameters(ByteSpan unit);
    bool takeSlice(ByteSpan unit, std::optional<Begun>& begun);

    int lengthBytes_ = 0;
    HevcParameters parameters_;
    std::string notRead_;
};

} // namespace vitrine::codec
