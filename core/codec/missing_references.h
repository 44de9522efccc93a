#pragma once

// Private to this room: FFmpeg's decoders tell in their log alone that a picture is predicted from
// one that is not there.

namespace vitrine::codec
{

// While it lives, `isMissing` becomes true when a decoder that runs in this thread says so.
class MissingReferenceWatch
{
public:
    explicit MissingReferenceWatch(bool& isMissing);
    ~MissingReferenceWatch();
    MissingReferenceWatch(const MissingReferenceWatch&) = delete;
    MissingReferenceWatch& operator=(const MissingReferenceWatch&) = delete;

private:
    bool* before_;
};

// Takes FFmpeg's log, which is written nowhere.
void takeFfmpegLog();

} // namespace vitrine::codec
