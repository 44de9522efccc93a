#pragma once

#include <QObject>
#include <QPointer>
#include <QString>
#include <QThreadPool>

#include <functional>
#include <map>
#include <utility>

namespace vitrine
{

// Short work off the window's thread (tiles, sorting). Per owner and key the newest request wins:
// one that has not begun is dropped, the result of one that has is.
class ComputePool : public QObject
{
    Q_OBJECT
public:
    explicit ComputePool(QObject* parent = nullptr);
    ~ComputePool() override; // waits for what has begun; delivers nothing more

    // `work` on a thread of the pool, then `done` in the window's thread unless `owner` is gone or
    // a newer request came.
    void compute(QObject* owner, const QString& key, std::function<void()> work,
                 std::function<void()> done);
    bool isIdle() const { return lines_.empty(); } // nothing is under way, or done and not told

private:
    struct Request {
        QPointer<QObject> owner;
        std::function<void()> work, done;
    };
    struct Line { // of one owner and key
        bool running = false;
        bool hasNext = false;
        Request next;
    };
    using Key = std::pair<QObject*, QString>;

    void begin(const Key& key, Request request);
    void finish(const Key& key, const Request& request);

    std::map<Key, Line> lines_;
    QThreadPool pool_;
};

} // namespace vitrine
