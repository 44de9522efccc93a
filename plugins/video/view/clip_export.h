#pragma once

#include "core/video/raw_reading.h"

#include <QFrame>
#include <QTimer>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

class QLabel;
class QProgressBar;

namespace vitrine
{
class ViewContext;
}

namespace vitrine::video_plugin
{

// The panes side by side as one clip: .mkv without loss (H.264, quantizer 0), other endings nearly
// (H.264, crf 12). Panes of one format and height. Hidden while nothing is written.
class ClipExport : public QFrame
{
    Q_OBJECT
public:
    ClipExport(ViewContext& context, QWidget* parent);
    ~ClipExport() override;

    struct Source {
        std::filesystem::path path;
        video::RawGiven raw{};
        std::int64_t offset = 0; // moment k shows frame k + offset
        bool isByOrder = false;  // or the frame at that place in time
    };
    struct Request {
        std::vector<Source> sources;
        std::int64_t first = 0, count = 0; // moments
        std::filesystem::path file;
    };
    void start(const Request& request); // one at a time: nothing while one is written
    void cancel();
    bool isRunning() const { return task_ != nullptr; }

signals:
    void finished(const QString& message, bool written);

private:
    struct Task {
        std::atomic<bool> isCancelled{false};
        std::atomic<std::int64_t> done{0};
        QString error; // read when it is over
    };

    ViewContext& context_;
    std::shared_ptr<Task> task_;
    QTimer poll_;
    QLabel* text_;
    QProgressBar* bar_;
};

} // namespace vitrine::video_plugin
