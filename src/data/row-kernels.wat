;; The inner loops of resizing and blurring, four float32 values at a time: eight times as fast as JavaScript, which has no
;; vectors (bench/NOTES.md). All addresses, distances and lengths are in bytes. Vectors are read and written whole, up to 64
;; bytes beyond the end of a row, so of rows that follow one another the first is made first.
(module
  (memory (export "memory") 0)

  ;; Resizes a row of pixels: each pixel of `output` is the weighted sum of pixels next to each other. `taps` has a record of
  ;; `record` bytes for each of them: which of `pixels` is the first, how many there are, and the weight of each.
  (func (export "resizeRow")
    (param $pixels i32) (param $channels i32) (param $taps i32) (param $record i32) (param $output i32) (param $length i32)
    (local $end i32) (local $from i32) (local $weight i32) (local $last i32) (local $sum v128)
    (local.set $end (i32.add (local.get $output) (local.get $length)))
    (loop $columns
      (local.set $from
        (i32.add (local.get $pixels) (i32.mul (i32.load (local.get $taps)) (local.get $channels))))
      (local.set $weight (i32.add (local.get $taps) (i32.const 8)))
      (local.set $last
        (i32.add (local.get $weight) (i32.shl (i32.load offset=4 (local.get $taps)) (i32.const 2))))
      (local.set $sum (v128.const f32x4 0 0 0 0))
      (loop $pixel
        ;; The channels of a pixel and, up to four, those of the next, which the next pixel of the output replaces.
        (local.set $sum
          (f32x4.add
            (local.get $sum)
            (f32x4.mul
              (v128.load32_splat (local.get $weight))
              (f32x4.convert_i32x4_u
                (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (v128.load32_zero (local.get $from))))))))
        (local.set $from (i32.add (local.get $from) (local.get $channels)))
        (local.set $weight (i32.add (local.get $weight) (i32.const 4)))
        (br_if $pixel (i32.lt_u (local.get $weight) (local.get $last))))
      (v128.store (local.get $output) (local.get $sum))
      (local.set $taps (i32.add (local.get $taps) (local.get $record)))
      (local.set $output (i32.add (local.get $output) (i32.shl (local.get $channels) (i32.const 2))))
      (br_if $columns (i32.lt_u (local.get $output) (local.get $end)))))

  ;; The weighted sum of `count` float32 rows that lie `stride` apart; 16 columns at a time.
  (func (export "sumRows")
    (param $rows i32) (param $stride i32) (param $weights i32) (param $count i32) (param $output i32) (param $length i32)
    (local $end i32) (local $row i32) (local $weight i32) (local $last i32) (local $factor v128)
    (local $first v128) (local $second v128) (local $third v128) (local $fourth v128)
    (local.set $end (i32.add (local.get $output) (local.get $length)))
    (local.set $last (i32.add (local.get $weights) (i32.shl (local.get $count) (i32.const 2))))
    (loop $columns
      (local.set $row (local.get $rows))
      (local.set $weight (local.get $weights))
      (local.set $first (v128.const f32x4 0 0 0 0))
      (local.set $second (v128.const f32x4 0 0 0 0))
      (local.set $third (v128.const f32x4 0 0 0 0))
      (local.set $fourth (v128.const f32x4 0 0 0 0))
      (loop $row
        (local.set $factor (v128.load32_splat (local.get $weight)))
        (local.set $first
          (f32x4.add (local.get $first) (f32x4.mul (local.get $factor) (v128.load (local.get $row)))))
        (local.set $second
          (f32x4.add (local.get $second) (f32x4.mul (local.get $factor) (v128.load offset=16 (local.get $row)))))
        (local.set $third
          (f32x4.add (local.get $third) (f32x4.mul (local.get $factor) (v128.load offset=32 (local.get $row)))))
        (local.set $fourth
          (f32x4.add (local.get $fourth) (f32x4.mul (local.get $factor) (v128.load offset=48 (local.get $row)))))
        (local.set $row (i32.add (local.get $row) (local.get $stride)))
        (local.set $weight (i32.add (local.get $weight) (i32.const 4)))
        (br_if $row (i32.lt_u (local.get $weight) (local.get $last))))
      (v128.store (local.get $output) (local.get $first))
      (v128.store offset=16 (local.get $output) (local.get $second))
      (v128.store offset=32 (local.get $output) (local.get $third))
      (v128.store offset=48 (local.get $output) (local.get $fourth))
      (local.set $rows (i32.add (local.get $rows) (i32.const 64)))
      (local.set $output (i32.add (local.get $output) (i32.const 64)))
      (br_if $columns (i32.lt_u (local.get $output) (local.get $end))))))
