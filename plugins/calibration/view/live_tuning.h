#pragma once

#include "plugins/calibration/view/tuned_run.h"

#include <map>
#include <optional>
#include <string>

class QTimer;

namespace vitrine::calibration_plugin
{

// The live session behind the tuning view: what is asked of it, what came back, what went wrong.
class LiveTuning : public QObject
{
    Q_OBJECT
public:
    using Values = std::map<std::string, std::string>;
    LiveTuning(ViewContext& context, QObject* view);

    void ask(const Values& wish, const TunedRun& like); // like openTuned(): shares its words
    bool leave();  // nothing is wanted any more; whether there was a result
    void forget(); // other runs: leaves what was asked and came
    void restart();
    void dismiss() { trouble_.clear(); }

    const std::optional<TunedRun>& result() const { return result_; }
    const QString& trouble() const { return trouble_; } // empty: none
    bool hasDied() const { return died_; }              // restart() helps
    bool isBehind() const;                              // something asked for has not come

signals:
    void arrived();        // result() is new
    void troubleChanged(); // or its end
    void busyChanged();

private:
    LiveRun* session();
    void take(const RunHandle& run);
    void setTrouble(const QString& words, bool died);

    ViewContext& context_;
    LiveRun* session_ = nullptr;
    Values asked_; // empty: nothing is wanted
    std::optional<TunedRun> like_, result_;
    QString trouble_;
    bool died_ = false;
    QTimer* busyTimer_; // a quick answer is not said to be late
};

} // namespace vitrine::calibration_plugin
