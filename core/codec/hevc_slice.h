#pragma once

// Private to this room: the blocks of ITU-T H.265's slices, read and not decoded.
#include "core/codec/hevc_contexts.h"
#include "core/codec/hevc_headers.h"

namespace vitrine::codec
{

// What reading a block asks of its neighbours, for one picture.
struct HevcPicture {
    explicit HevcPicture(const HevcSps& sps);

    int cbColumns, puColumns;               // of the smallest blocks, of 4x4 samples
    std::vector<std::uint8_t> depth, skips; // by smallest coding block
    std::vector<std::uint8_t> intraMode;    // by 4x4 samples
    std::vector<std::int64_t> sliceOf;      // by tree block: address of its slice, or -1
    std::uint32_t next = 0;                 // the first tree block that no slice has brought
};

// Reads all blocks of a slice. False where they do not end with its bytes, or cannot be so: an
// arithmetic code that lost its place goes on with other blocks and all but surely ends elsewhere.
bool readSliceData(std::span<const std::uint8_t> payload, const HevcSps& sps, const HevcPps& pps,
                   const HevcSlice& slice, HevcPicture& picture);

} // namespace vitrine::codec
