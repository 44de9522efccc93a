#pragma once

// Private to this room: the one way in which FFmpeg comes to a file of somebody else's.
#include "core/base/regular_file.h"
#include "core/codec/av.h"
#include "core/codec/source.h"

namespace vitrine::codec
{

bool isStopped(const OpenOptions& options); // asks the caller

// One input is one file: all that FFmpeg can read are the bytes of this one, through a stream of
// ours. Playlists, lists of files, descriptions of streams and numbered names are refused by what
// they are, and so is a container whose pictures lie in another file: what a run reads is what its
// record names and hashes.
class MediaFile
{
public:
    static Result<std::unique_ptr<MediaFile>> open(const std::filesystem::path& path);

    // A demuxer's context at the beginning of the file, its header read. It must go before this
    // does and before it is opened again; `options`, whose progress cancels, must outlive it.
    Result<InputHandle> openInput(const OpenOptions& options);

    std::uint64_t size() const { return file_.size(); } // in bytes
    // Bytes that the container's header promises and the file does not have.
    std::uint64_t missingBytes() const;

private:
    MediaFile(std::filesystem::path path, RegularFile file)
        : path_(std::move(path)), file_(std::move(file))
    {
    }
    Result<const AVInputFormat*> formatOf();
    Result<void> rewind();

    static int read(void* self, std::uint8_t* bytes, int count);
    static std::int64_t seek(void* self, std::int64_t offset, int whence);
    static int refuse(AVFormatContext* context, AVIOContext** stream, const char* url, int flags,
                      AVDictionary** options);

    struct StreamDeleter {
        void operator()(AVIOContext* stream) const;
    };

    std::filesystem::path path_;
    RegularFile file_;
    std::int64_t position_ = 0;
    std::unique_ptr<AVIOContext, StreamDeleter> stream_;
    const OpenOptions* options_ = nullptr; // of the input that is open
    const AVInputFormat* format_ = nullptr;
    std::string refused_; // another file that the container wanted
};

} // namespace vitrine::codec
