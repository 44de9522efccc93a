#include "plugins/common/codecs/available_codecs.h"

namespace vitrine
{

const codec::CodecList& availableCodecs()
{
    static const codec::CodecList kCodecs = [] {
        codec::CodecList list = codec::ffmpegCodecs();
        list.refuse("nvc", "the neural codec is not part of this version");
        return list;
    }();
    return kCodecs;
}

} // namespace vitrine
