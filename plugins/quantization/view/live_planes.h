#pragma once

#include "widgets/view.h"

#include <map>
#include <string>

class QTimer;

namespace vitrine::quantization_plugin
{

// The live session behind the card: what is asked of it, what came back, what went wrong.
class LivePlanes : public QObject
{
    Q_OBJECT
public:
    using Values = std::map<std::string, std::string>;
    LivePlanes(ViewContext& context, QObject* card);

    void ask(const Values& wish);
    void leave(); // nothing is wanted any more: the worker ends, whatever it does
    void restart();
    void dismiss();

    const RunHandle& result() const { return result_; } // null: none has come
    const QString& trouble() const { return trouble_; } // empty: none
    bool hasDied() const { return died_; }              // restart() helps
    bool isBehind() const;                              // something asked for has not come

signals:
    void changed(); // a result, trouble, or their end

private:
    LiveRun* session();

    ViewContext& context_;
    LiveRun* session_ = nullptr;
    Values asked_; // empty: nothing is wanted
    RunHandle result_;
    QString trouble_;
    bool died_ = false;
    QTimer* busyTimer_; // a quick answer is not said to be late
};

} // namespace vitrine::quantization_plugin
