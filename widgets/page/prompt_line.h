#pragma once

#include <QWidget>

class QPlainTextEdit;
class QProgressBar;
class QToolButton;

namespace vitrine
{

// Where a text of one or several lines is typed: Enter shows it, Ctrl + Enter adds it beside what
// is shown, Shift + Enter begins a line. Grows with the text up to a few lines. Below it a thin
// progress line.
class PromptLine : public QWidget
{
    Q_OBJECT
public:
    PromptLine(const QString& placeholder, QWidget* parent);

    QString text() const; // without surrounding spaces
    // The text of what is shown; a person who is typing is not disturbed.
    void setText(const QString& text);
    QString placeholder() const;
    void setProgress(bool visible, const QString& what, double fraction); // fraction < 0: not known

signals:
    void entered(const QString& text, bool beside); // never empty
    void edited(const QString& text);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void enter(bool beside);
    void fit(); // the height to the lines

    QPlainTextEdit* edit_;
    QToolButton* clear_;
    QProgressBar* progress_;
};

} // namespace vitrine
