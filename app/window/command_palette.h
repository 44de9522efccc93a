#pragma once

#include <QDialog>
#include <QKeySequence>
#include <QString>

#include <functional>
#include <vector>

class QLineEdit;
class QListWidget;

namespace vitrine
{

// Something that the palette reaches.
struct PaletteEntry {
    QString words;       // "Reset layout"
    QString group;       // where it is found otherwise: "View", "Attention", "Studies"
    QKeySequence keys{}; // may be empty
    std::function<void()> act;
    bool possible = true; // now
};

// Reaches every action by a few letters of its name: type, arrow keys, Enter. Without letters the
// entries stand in the order given, with letters the best match first.
class CommandPalette : public QDialog
{
    Q_OBJECT
public:
    CommandPalette(std::vector<PaletteEntry> entries, QWidget* parent);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    class Line;
    void filter(const QString& letters);
    void take();

    std::vector<PaletteEntry> entries_;
    QLineEdit* line_;
    QListWidget* list_;
};

} // namespace vitrine
