#pragma once

#include <string>
#include <vector>

// What a decoder tells about a frame besides its samples.
namespace vitrine::codec
{

struct MotionVector {
    float x = 0, y = 0;        // middle of the block in the shown frame, luma samples
    float dx = 0, dy = 0;      // from there to the place it is predicted from, luma samples
    int width = 0, height = 0; // of the block
    bool isFuture = false;     // predicted from a frame that is shown later
};

struct BlockQp {
    int x = 0, y = 0, width = 0, height = 0; // luma samples
    int qp = 0; // on the codec's own scale: 0..51 H.264, 1..31 MPEG-4, quantiser_scale of MPEG-2,
                // 0..255 VP9
};

// In order of decoding. An intra frame has no motion and no reason why not.
struct SideData {
    std::vector<MotionVector> motion;
    std::vector<BlockQp> qp;
    // Why a stream has none, for people; empty where its decoder gives them.
    std::string motionAbsent, qpAbsent;

    std::size_t bytes() const
    {
        return sizeof *this + motion.size() * sizeof(MotionVector) + qp.size() * sizeof(BlockQp);
    }
};

} // namespace vitrine::codec
