#include "app/window/dropped_file.h"

#include <QDir>
#include <QFileInfo>

namespace vitrine
{
namespace
{

// What the room of videos opens by itself; anything else that FFmpeg reads can be typed there.
const QStringList& videoEndings()
{
    static const QStringList kEndings = {
        "mp4", "m4v", "mkv",  "webm", "avi",  "mov",  "mpg",  "mpeg", "ts",  "m2ts", "mts",
        "ogv", "flv", "wmv",  "h264", "264",  "hevc", "265",  "h265", "ivf", "obu",  "y4m",
        "yuv", "raw", "nv12", "nv21", "p010", "i420", "yv12", "gif",  "vnvc"};
    return kEndings;
}

bool holdsPictures(const QString& folder)
{
    return !QDir(folder)
                .entryList({"*.png", "*.jpg", "*.jpeg", "*.bmp", "*.tif", "*.tiff", "*.ppm",
                            "*.pgm", "*.webp"},
                           QDir::Files)
                .isEmpty();
}

} // namespace

QString kindOfPath(const QString& path)
{
    const QFileInfo file(path);
    if (file.isDir())
        return QFileInfo::exists(path + "/config.json") ? "model"
               : holdsPictures(path)                    ? "video"
                                                        : "";
    const QString ending = file.suffix().toLower();
    if (file.fileName() == "config.json" || ending == "safetensors" || ending == "bin" ||
        ending == "gguf")
        return "model";
    if (ending == "txt" || ending == "md")
        return "text";
    if (ending == "csv")
        return "topology";
    if (ending == "jsonl")
        return "task";
    if (videoEndings().contains(ending))
        return "video";
    return ending == "vitrine" ? "workspace" : "";
}

QString parameterOfKind(const QString& kind)
{
    return kind == "model"      ? "model"
           : kind == "topology" ? "workload"
           : kind == "video"    ? "reference"
           : kind == "task"     ? "task"
                                : "prompt_file";
}

QString modelPath(const QString& path)
{
    const QFileInfo file(path);
    const bool ofFolder =
        file.fileName() == "config.json" ||
        (file.suffix() == "safetensors" && QFileInfo::exists(file.absolutePath() + "/config.json"));
    return ofFolder ? file.absolutePath() : file.absoluteFilePath();
}

} // namespace vitrine
